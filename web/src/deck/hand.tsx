// The field of the line in hand. It is never written to while an input method
// composes in it.

import { useLayoutEffect, useRef } from 'preact/hooks'
import { common } from '../base/common'
import type { Thread } from './thread'
import { words } from './words'

/** caret is where the caret goes when the field turns to another line. */
export function Hand(p: { thread: Thread; label: string; caret: { current: number | null }; onChange(): void; onMove(by: -1 | 1): void }) {
  const { thread } = p
  const field = useRef<HTMLTextAreaElement>(null)
  const draft = useRef(thread.hand)
  useLayoutEffect(() => { if (matchMedia('(hover: hover)').matches) field.current?.focus() }, [thread])
  useLayoutEffect(() => {
    const f = field.current
    if (!f || thread.composing || (f.value === thread.hand.value && draft.current === thread.hand)) return
    const { selectionStart, selectionEnd, value } = f
    const other = draft.current !== thread.hand
    const caret = (at: number): number => (other ? p.caret.current ?? at : moved(at, value, thread.hand.value))
    draft.current = thread.hand
    f.value = thread.hand.value
    f.setSelectionRange(caret(selectionStart), caret(selectionEnd))
    p.caret.current = null
  })
  const typed = (): void => {
    // A pasted text has line breaks, and some phones say Enter only so.
    const [first = '', ...more] = (field.current?.value ?? '').split(/\r\n|\r|\n/)
    thread.type(first)
    for (const line of more) { thread.finish(); thread.type(line) }
    if (more.length > 0) p.caret.current = thread.hand.value.length
    p.onChange()
  }
  const key = (e: KeyboardEvent): void => {
    if (e.isComposing || e.keyCode === 229 || e.shiftKey || e.altKey || e.ctrlKey || e.metaKey) return
    if (e.key === 'ArrowUp' || e.key === 'ArrowDown') p.onMove(e.key === 'ArrowUp' ? -1 : 1)
    else if (e.key === 'Enter' && thread.joined) thread.finish()
    else if (e.key === 'Escape') thread.compose()
    else return
    e.preventDefault()
    p.onChange()
  }
  return (
    <textarea ref={field} class="text" rows={1} readOnly={!thread.joined} placeholder={words.write} aria-label={p.label}
      autocomplete="off" autocapitalize="off" enterkeyhint="enter" onInput={typed} onKeyDown={key}
      onCompositionStart={() => { thread.composing = true }}
      // Some browsers send the last input event after this one.
      onCompositionEnd={() => setTimeout(() => { thread.composed(field.current?.value ?? ''); p.onChange() })} />
  )
}

/** moved says where a caret at `at` in one text belongs in the next: it stays with the text around it. */
function moved(at: number, from: string, to: string): number {
  const { head, tail } = common(from, to)
  return at <= head ? at : at < from.length - tail ? head : at + to.length - from.length
}
