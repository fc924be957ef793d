// Where a text is worked on: an EditorView, or a state without a view.

import { Facet, type EditorState, type Transaction, type TransactionSpec } from '@codemirror/state'

/** What is used of an EditorView. */
export interface EditorHost {
  readonly state: EditorState
  /** An input method is at work in the text. */
  readonly composing: boolean
  dispatch(transactions: readonly Transaction[]): void
}

/** Who wants to hear of transactions once they are in the state. */
export const listener = Facet.define<(transactions: readonly Transaction[]) => void>()

/** A desk that nobody sits at. */
export class HeadlessHost implements EditorHost {
  composing = false

  constructor(public state: EditorState) {}

  dispatch(transactions: readonly Transaction[]): void {
    for (const tr of transactions) {
      if (tr.startState !== this.state) throw new RangeError('a transaction that does not start from the present state')
      this.state = tr.state
    }
    for (const f of this.state.facet(listener)) f(transactions)
  }

  edit(...specs: TransactionSpec[]): void {
    this.dispatch([this.state.update(...specs)])
  }
}
