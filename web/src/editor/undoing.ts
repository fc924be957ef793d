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

/** parted gives words that were dragged within the editor as a cut and a paste, so that the one can name the other; any other edit as it is. */
export function parted(tr: Transaction): readonly Transaction[] {
  if (!tr.docChanged || !tr.isUserEvent('move.drop')) return [tr]
  const { startState } = tr
  const gone: { from: number; to: number }[] = [], put: { from: number; insert: Text }[] = []
  tr.changes.iterChanges((from, to, _a, _b, insert) => {
    if (from < to) gone.push({ from, to })
    if (insert.length > 0) put.push({ from: to, insert })
  }, true)
  const cut = startState.update({ changes: gone, userEvent: 'delete.cut', filter: false })
  const paste = put.map(({ from, insert }) => ({ from: cut.changes.mapPos(from), insert }))
  return [cut, cut.state.update({ changes: paste, selection: tr.newSelection, annotations: dropped.of(true), filter: false })]
}
