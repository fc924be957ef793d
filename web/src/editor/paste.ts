// A large paste becomes several edits, each of which fits into a frame.

import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'

/** PIECE is the most UTF-16 units in one edit of a paste: JSON needs up to six bytes for each, and a frame has a mebibyte. */
export const PIECE = 150_000

/** pieces cuts a text, but never a surrogate pair or a line break of two units. */
export function pieces(text: string, most = PIECE): string[] {
  const out: string[] = []
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + most, text.length)
    if (end < text.length && (/[\uDC00-\uDFFF]/u.test(text[end]!) || text[end] === '\n') && end - 1 > at) end--
    out.push(text.slice(at, end))
    at = end
  }
  return out
}

/** pastes cuts a paste that fits into the thread; `room` is the thread's limit in bytes. One that does not fit stays whole, so that it is refused as a whole. */
export const pastes = (room: () => number): Extension => EditorView.domEventHandlers({
  paste(event, view) {
    const text = event.clipboardData?.getData('text/plain') ?? ''
    if (text.length <= PIECE || view.state.readOnly) return false
    const bytes = new TextEncoder().encode(text).length + view.state.doc.length * 3
    if (bytes > room() && new TextEncoder().encode(text + view.state.doc.toString()).length > room()) return false
    for (const piece of pieces(text)) view.dispatch(view.state.replaceSelection(piece), { userEvent: 'input.paste', scrollIntoView: true })
    event.preventDefault()
    return true
  },
})
