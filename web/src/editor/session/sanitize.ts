// The log accepts whole characters only, and no U+0000. An input method may replace
// half of a surrogate pair, and anything may be pasted; both are mended before
// they reach the text, because they could not be sent afterwards.

import { EditorState, Text, Transaction, type ChangeSpec, type Extension } from '@codemirror/state'

const odd = /[\0\ud800-\udfff]/
const high = /[\ud800-\udbff]$/
const low = /^[\udc00-\udfff]/

const splits = (doc: Text, pos: number): boolean =>
  pos > 0 && pos < doc.length && high.test(doc.sliceString(pos - 1, pos)) && low.test(doc.sliceString(pos, pos + 1))

/** sanitize mends changes on their way into the text. */
export const sanitize: Extension = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged || !needed(tr)) return tr
  const doc = tr.startState.doc
  const changes: ChangeSpec[] = []
  tr.changes.iterChanges((from, to, _a, _b, inserted) => {
    let insert = inserted.toString()
    if (splits(doc, from)) insert = doc.sliceString(--from, from + 1) + insert
    if (splits(doc, to)) insert += doc.sliceString(to, ++to)
    changes.push({ from, to, insert: Text.of(insert.toWellFormed().replaceAll('\0', '').split('\n')) })
  })
  const userEvent = tr.annotation(Transaction.userEvent)
  return { changes, effects: tr.effects, scrollIntoView: tr.scrollIntoView, ...(userEvent ? { userEvent } : {}), selection: undefined }
})

function needed(tr: Transaction): boolean {
  let found = false
  tr.changes.iterChanges((from, to, _a, _b, inserted) => {
    found ||= splits(tr.startState.doc, from) || splits(tr.startState.doc, to) || (inserted.length > 0 && unclean(inserted))
  })
  return found
}

function unclean(inserted: Text): boolean {
  const s = inserted.toString()
  return odd.test(s) && (s.includes('\0') || !s.isWellFormed())
}
