// Which lines a selection means.

import type { EditorState, SelectionRange } from '@codemirror/state'

/** linesOf gives the first and last line, from 0; one that only the selection's end touches is not meant. */
export function linesOf(state: EditorState, range: SelectionRange): [first: number, last: number] {
  const first = state.doc.lineAt(range.from)
  const last = state.doc.lineAt(range.to)
  const end = range.to > range.from && range.to === last.from ? last.number - 1 : last.number
  return [first.number - 1, end - 1]
}
