// The edits made here that the log does not have yet, on top of the log's text. It is
// what @codemirror/collab does for two clients, us and the others, and cuts edits into
// parts besides.

import { Annotation, type ChangeSet, type EditorState, StateField, Transaction } from '@codemirror/state'
import { partsOf } from './parts'

/** An edit, or a part of one. */
export interface Pending {
  readonly changes: ChangeSet
  /** The transaction that made it; others' edits may have mapped changes since. */
  readonly origin: Transaction
  /** Which of the origin's parts it is, from 0. */
  readonly part: number
}

/** On a transaction that puts an edit back as it was: in one part, and even if others left nothing of it. */
export const putBack = Annotation.define<true>()

const received = Annotation.define<readonly Pending[]>()

/** field belongs in a state whose text, without these edits, is the log's. */
export const field = StateField.define<readonly Pending[]>({
  create: () => [],
  update(list, tr) {
    const left = tr.annotation(received)
    if (left) return left
    if (tr.annotation(putBack)) return [...list, { changes: tr.changes, origin: tr, part: 0 }]
    return tr.changes.empty ? list : [...list, ...partsOf(tr).map((changes, part) => ({ changes, origin: tr, part }))]
  },
})

/** pendingOf are the pending edits of a state, the oldest first; none where no peer is at work. */
export const pendingOf = (state: EditorState): readonly Pending[] => state.field(field, false) ?? []

/** receive takes in the next entry of the log. If it is ours it is the first pending edit. */
export function receive(state: EditorState, changes: ChangeSet, ours: boolean): Transaction {
  const list = pendingOf(state)
  if (ours) return state.update({ annotations: received.of(list.slice(1)) })
  let over = changes
  const left = list.map((p) => {
    const there = p.changes.map(over)
    over = over.map(p.changes, true)
    return { ...p, changes: there }
  })
  return state.update({
    changes: over,
    annotations: [Transaction.addToHistory.of(false), Transaction.remote.of(true), received.of(left)],
    filter: false,
  })
}
