// The history of this page's edits, which tells the session which edits an undo
// takes back.

import { history, invertedEffects, isolateHistory, undoDepth } from '@codemirror/commands'
import { ChangeSet, Compartment, Transaction, type Extension, type Text, type TransactionSpec } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { PIECE, pieces } from './paste'
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

/**
 * parted gives an edit that the log needs in parts as several: words that were dragged
 * within the editor as a cut and a paste, so that the one can name the other, and a
 * large deletion as several, because an undo must fit into a frame.
 */
export function parted(tr: Transaction): readonly Transaction[] {
  if (!tr.docChanged || tr.annotation(Transaction.remote) || tr.isUserEvent('undo') || tr.isUserEvent('redo')) return [tr]
  const { startState } = tr
  const gone: Range[] = [], put: { from: number; insert: Text }[] = []
  tr.changes.iterChanges((from, to, _a, _b, insert) => {
    for (const piece of pieces(startState.sliceDoc(from, to))) gone.push({ from, to: from += piece.length })
    if (insert.length > 0) put.push({ from: to, insert })
  }, true)
  if (tr.isUserEvent('move.drop')) {
    const cut = startState.update({ changes: gone, userEvent: 'delete.cut', filter: false })
    return [cut, cut.state.update({ changes: mapped(put, cut.changes), selection: tr.newSelection, annotations: dropped.of(true), filter: false })]
  }
  if (gone.length < 2 || gone.reduce((sum, { from, to }) => sum + to - from, 0) <= PIECE) return [tr]
  const userEvent = tr.annotation(Transaction.userEvent)
  const given = { ...(userEvent ? { userEvent } : {}), annotations: isolateHistory.of('full'), filter: false }
  const all: Transaction[] = []
  let changes = ChangeSet.empty(startState.doc.length)
  const then = (spec: TransactionSpec): void => {
    all.push((all.at(-1)?.state ?? startState).update(spec, given))
    changes = changes.compose(all.at(-1)!.changes)
  }
  for (const range of gone.slice(1).reverse()) then({ changes: range })
  then({ changes: [gone[0]!, ...mapped(put, changes)], selection: tr.newSelection, scrollIntoView: tr.scrollIntoView })
  return all
}

interface Range { from: number; to: number }
const mapped = (put: readonly { from: number; insert: Text }[], changes: ChangeSet) => put.map(({ from, insert }) => ({ from: changes.mapPos(from), insert }))
