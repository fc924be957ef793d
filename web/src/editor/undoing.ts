// The history of this page's edits, which tells the session which edits an undo
// takes back.

import { history, invertedEffects, undoDepth } from '@codemirror/commands'
import { Compartment, type Extension, type Text, type Transaction } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { dropped, historyDepth, taking } from './session/claims'
import { entryTaken } from './session/entry'

/** One undo takes back both halves of a drop. */
const steps = (): Extension => history({ joinToEvent: (tr, adjacent) => adjacent || tr.annotation(dropped) === true })

/** undoing is the history. A redaction empties it: no undo may bring back what was redacted. */
export function undoing(): Extension {
  const slot = new Compartment()
  return [
    slot.of(steps()),
    invertedEffects.of(taking),
    historyDepth.of(undoDepth),
    EditorView.updateListener.of(({ transactions, view }) => {
      if (!transactions.some((tr) => tr.effects.some((e) => e.is(entryTaken) && e.value.kind === 'redacted'))) return
      queueMicrotask(() => { // a listener must not dispatch
        view.dispatch({ effects: slot.reconfigure([]) })
        view.dispatch({ effects: slot.reconfigure(steps()) })
      })
    }),
  ]
}

/** parted gives a drop of text that was dragged within the editor as a cut and a paste, so that the one can name the other. */
export function parted(tr: Transaction): readonly Transaction[] {
  if (!tr.docChanged || !tr.isUserEvent('move.drop')) return [tr]
  const ranges: { from: number; to: number }[] = []
  tr.changes.iterChanges((from, to) => { if (from < to) ranges.push({ from, to }) }, true)
  const cut = tr.startState.update({ changes: ranges, userEvent: 'delete.cut', filter: false })
  const paste: { from: number; insert: Text }[] = []
  tr.changes.iterChanges((from, _to, _a, _b, insert) => { if (insert.length > 0) paste.push({ from: cut.changes.mapPos(from), insert }) }, true)
  return [cut, cut.state.update({ changes: paste, selection: tr.newSelection, annotations: dropped.of(true), filter: false })]
}
