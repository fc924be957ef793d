// Which edits bring text back: an undo or a redo brings back what edits made here
// deleted, a paste what a cut did. A push claims so, the server looks whether it is
// true, and then the text keeps its first author.
//
// The edits made in this page are numbered from 1, each part of a large one by itself.
// CodeMirror's history stores the number of each edit that deletes something (see
// taking) and gives it to the transaction that takes the edit back. Typing is taken back
// many edits at once: those that the history has joined did not make it deeper. A part
// of a large undo or paste claims the part of the one edit that was cut at the same
// places.

import { Annotation, Facet, StateEffect, StateField, Transaction, type ChangeSet, type EditorState, type Extension } from '@codemirror/state'
import { partsOf } from './parts'

/** A Claim says which edits deleted what an edit inserts: the first and the last one that it undoes, or the one that cut it. */
export type Claim = { undoes: [number, number] } | { pastes: number }

/** historyDepth returns how many steps a state can undo. */
export const historyDepth = Facet.define<(state: EditorState) => number, (state: EditorState) => number>({ combine: (given) => given[0] ?? (() => 0) })

/** dropped is on a transaction that inserts what the one before cut. */
export const dropped = Annotation.define<true>()

const taken = StateEffect.define<number>()

/** taking are the effects that the history must store with a transaction, and dispatch where it is taken back. */
export const taking = (tr: Transaction): readonly StateEffect<number>[] =>
  (isEdit(tr) && deletes(tr.changes) ? [taken.of(tr.startState.field(edits).count + 1)] : [])

const CUTS = 10

/** The number of the last edit made here, and the newest edits that cut text: their first numbers and how many they have. */
interface Edits { readonly count: number; readonly cuts: readonly { edit: number; parts: number; text: string }[] }

const edits = StateField.define<Edits>({
  create: () => ({ count: 0, cuts: [] }),
  update(value, tr) {
    if (!isEdit(tr)) return value
    const parts = partsOf(tr).length
    const cut = { edit: value.count + 1, parts, text: tr.isUserEvent('delete.cut') ? removed(tr) : '' }
    return { count: value.count + parts, cuts: cut.text ? [...value.cuts, cut].slice(-CUTS) : value.cuts }
  },
})

/** An edit is made here: the log's entries and the edits of a closed page are remote. */
const isEdit = (tr: Transaction): boolean => tr.docChanged && !tr.annotation(Transaction.remote)

export class Claims {
  readonly extension: Extension = edits
  private floor = 0 // edits up to this one are not claimed
  private readonly steps: number[] = [] // the first edit of each step that can be undone, ascending

  /** follow notes which edits the history joined. */
  follow(transactions: readonly Transaction[]): void {
    for (const tr of transactions) {
      if (!isEdit(tr)) continue
      const depth = tr.state.facet(historyDepth)
      if (depth(tr.startState) !== depth(tr.state)) this.steps.push(countIn(tr.startState) + 1)
    }
  }

  /** forget ends all claims on edits of this state, but for the newest ones. */
  forget(state: EditorState, but = 0): void {
    this.floor = Math.max(this.floor, countIn(state) - but)
  }

  /** of is the claim of a part of an edit; seq gives the numbers that edits have on the server. */
  of(tr: Transaction, part: number, seq: (edit: number) => number): Claim | null {
    if (!isEdit(tr)) return null
    const { count, cuts } = tr.startState.field(edits), parts = partsOf(tr).length
    if (tr.isUserEvent('input.paste') || tr.annotation(dropped)) {
      const text = inserted(tr.changes)
      const cut = cuts.findLast((c) => c.edit > this.floor && c.parts === parts && c.text === text)
      return cut ? { pastes: seq(cut.edit + part) } : null
    }
    const back = tr.effects.flatMap((e) => (e.is(taken) ? [e.value] : []))
    if (back.length === 0 || !inserted(tr.changes)) return null
    const from = this.steps.findLast((n) => n <= Math.min(...back)) ?? 0
    const to = Math.min(count, (this.steps.find((n) => n > Math.max(...back)) ?? Infinity) - 1)
    if (from <= this.floor) return null
    if (parts === 1) return { undoes: [seq(from), seq(to)] }
    const opposite = seq(from + parts - 1 - part)
    return to - from + 1 === parts ? { undoes: [opposite, opposite] } : null
  }
}

/** countIn is the number of the last edit made in a state. */
export const countIn = (state: EditorState): number => state.field(edits, false)?.count ?? 0

function deletes(changes: ChangeSet): boolean {
  let any = false
  changes.iterChanges((from, to) => { any ||= from < to })
  return any
}

function removed(tr: Transaction): string {
  let all = ''
  tr.changes.iterChanges((from, to) => { all += tr.startState.sliceDoc(from, to) }, true)
  return all
}

/** inserted is all text that changes insert, in order. */
export function inserted(changes: ChangeSet): string {
  let all = ''
  changes.iterChanges((_a, _b, _c, _d, text) => { all += text.toString() }, true)
  return all
}
