// What happened to the text while an answer was under way. The server answers
// about a revision; the lines nobody touched since are where they map to, and
// the answer is true of them, however busy the rest is.

import { ChangeSet, type ChangeDesc, type EditorState, type Text } from '@codemirror/state'
import type { ViewUpdate } from '@codemirror/view'
import { blameGiven, entryTaken } from '../session/entry'
import { blameOf, revOf, waiting } from './state'

/** A Mark is the text of a revision, and what changed in it here since. */
export interface Mark { rev: number; doc: Text; changes: ChangeDesc }

export class Trail {
  private marks: Mark[] = []

  /** begin starts at a moment when nothing waits for the log; false at others. */
  begin(state: EditorState): boolean {
    this.marks = []
    return this.mark(state)
  }

  end(): void { this.marks = [] }

  get open(): boolean { return this.marks.length > 0 }

  note(update: ViewUpdate): void {
    if (!this.open) return
    // Another text, or lines finished since: the answer would undo that.
    const over = update.transactions.some((tr) => tr.effects.some((e) => e.is(blameGiven) || (e.is(entryTaken) && e.value.kind === 'submitted')))
    if (over) return this.end()
    if (update.docChanged) {
      for (const m of this.marks) m.changes = m.changes.composeDesc(update.changes.desc)
    }
    this.mark(update.state)
  }

  /** since gives the mark of a revision; null when that did not stand here with nothing on top. */
  since(rev: number): Mark | null { return this.marks.find((m) => m.rev === rev) ?? null }

  private mark(state: EditorState): boolean {
    const b = blameOf(state)
    const rev = revOf(state)
    if (!b || waiting(b) || rev === 0) return false
    if (this.marks.at(-1)?.rev !== rev) this.marks.push({ rev, doc: state.doc, changes: ChangeSet.empty(state.doc.length) })
    return true
  }
}
