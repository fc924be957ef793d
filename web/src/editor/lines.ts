// The lines of a selection.

import type { EditorState, SelectionRange } from '@codemirror/state'

/** linesOf returns the first and last line, from 0. A line that only the selection's end touches does not count. */
export function linesOf(state: EditorState, range: SelectionRange): [first: number, last: number] {
  const first = state.doc.lineAt(range.from)
  const last = state.doc.lineAt(range.to)
  const end = range.to > range.from && range.to === last.from ? last.number - 1 : last.number
  return [first.number - 1, end - 1]
}
