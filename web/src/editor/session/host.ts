// What holds the text: an EditorView, or a state without a view.

import { Facet, type EditorState, type Transaction, type TransactionSpec } from '@codemirror/state'

/** The part of an EditorView that a session uses. */
export interface EditorHost {
  readonly state: EditorState
  /** True while an input method composes in the text. */
  readonly composing: boolean
  dispatch(transactions: readonly Transaction[]): void
}

/** transactionListener functions hear of transactions once these are in the state. A host calls them. */
export const transactionListener = Facet.define<(transactions: readonly Transaction[]) => void>()

/** A HeadlessHost has no view. */
export class HeadlessHost implements EditorHost {
  composing = false

  constructor(public state: EditorState) {}

  dispatch(transactions: readonly Transaction[]): void {
    for (const tr of transactions) {
      if (tr.startState !== this.state) throw new RangeError('the transaction does not start from the present state')
      this.state = tr.state
    }
    for (const f of this.state.facet(transactionListener)) f(transactions)
  }

  edit(...specs: TransactionSpec[]): void {
    this.dispatch([this.state.update(...specs)])
  }
}
