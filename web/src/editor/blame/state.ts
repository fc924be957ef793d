// Blame as a part of the editor's state: the rows of the log's text, as its
// entries say, and above them the rows of the text that is here.
//
// Which line is which after an edit, and so who wrote it, only the server
// decides: an entry either stamps the lines that it edits or brings the rows to
// splice. Edits that the log does not have yet are shown by one rule (see ahead).

import { ChangeSet, Facet, StateField, type ChangeDesc, type EditorState, type Text } from '@codemirror/state'
import { common } from '../../base/common'
import { shownAuthors, shownName } from '../../base/visible'
import { blameGiven, entryTaken, type Blame, type Entry } from '../session/entry'
import { pendingIn } from '../session/peer'
import { nobody, Rows, type Author, type Row } from './rows'

export interface BlameState {
  /** The log's revision, its text then, and the rows of that text. */
  readonly rev: number
  readonly text: Text
  readonly rows: Rows
  /** Everybody who was named so far, by id: rows have ids only. */
  readonly authors: ReadonlyMap<string, Author>
  /** From the log's text to the text here; null: to be composed from the pending edits. */
  readonly pending: ChangeDesc | null
}

/** whoami returns the author of edits that are pending here. */
export const whoami = Facet.define<() => Author, () => Author>({ combine: (given) => given[0] ?? (() => nobody.author) })

export const blameState = StateField.define<BlameState>({
  create: (state) => ({ rev: 0, text: state.doc, rows: Rows.of([]), authors: new Map(), pending: null }),
  update(value, tr) {
    let b = value
    for (const e of tr.effects) {
      if (e.is(blameGiven)) b = whole(e.value)
      else if (e.is(entryTaken)) b = taken(b, e.value)
    }
    if (b !== value || !tr.docChanged) return b
    const before = shown.get(value)?.pending ?? value.pending
    return { ...value, pending: before && before.composeDesc(tr.changes.desc) }
  },
})

/** blameOf is the blame of a state, if it has any. */
export const blameOf = (state: EditorState): BlameState | null => state.field(blameState, false) ?? null

/** revOf is the log's revision that a state has taken in; 0 before there is one. */
export const revOf = (state: EditorState): number => blameOf(state)?.rev ?? 0

/** rowsOf are the rows of the text here. Two states with the same rows have the same Rows. */
export const rowsOf = (state: EditorState): Rows | null => {
  const b = blameOf(state)
  return b && shownIn(b, state).rows
}

/** isWaiting reports that edits made here are not in the log yet. */
export const isWaiting = (state: EditorState): boolean => pendingIn(state).length > 0

/** authorOf is who made an entry. */
export const authorOf = (e: Entry): Author => ({ id: e.author, name: shownName(e.user), kind: 'person' })

function whole({ rev, text, blame }: { rev: number; text: Text; blame: Blame }): BlameState {
  const authors = shownAuthors(blame.authors)
  const rows = blame.lines.map(([rev, author, at, submitted]): Row =>
    ({ author: authors[author] ?? nobody.author, rev, at, submitted, pending: false }))
  // Only a text in which nobody ever wrote has no rows; elsewhere they are unknown yet.
  const known = rows.length === text.lines || text.length === 0
  return {
    rev, text, rows: Rows.of(known ? rows : Array<Row>(text.lines).fill(nobody)),
    authors: new Map(authors.map((a) => [a.id, a])), pending: null,
  }
}

function taken(b: BlameState, e: Entry): BlameState {
  const text = e.changes.empty ? b.text : e.changes.apply(b.text)
  const known = b.authors.get(e.author)
  const now = authorOf(e)
  const authors = known?.name === now.name ? b.authors : new Map(b.authors).set(e.author, { ...now, ...known, name: now.name })
  return { rev: e.rev, text, rows: rowsAfter(b.rows, e, text, authors), authors, pending: null }
}

/** rowsAfter is the client's whole rule for the rows of the log (docs/protocol.md). */
function rowsAfter(rows: Rows, e: Entry, after: Text, authors: ReadonlyMap<string, Author>): Rows {
  if (e.rows) {
    for (const [line, removed, given] of e.rows) {
      rows = rows.splice(line, line + removed, given.map(([rev, id, at, submitted]): Row =>
        ({ author: authors.get(id) ?? { id, name: '', kind: '' }, rev, at, submitted, pending: false })))
    }
  } else if (e.kind === 'submitted' && e.lines) {
    const [from, to] = e.lines
    rows = rows.splice(from, to + 1, rows.slice(from, to + 1).map((r) => ({ ...r, submitted: true })))
  } else if (!e.kind) {
    const stamp: Row = { author: authors.get(e.author)!, rev: e.rev, at: e.at, submitted: false, pending: false }
    e.changes.iterChangedRanges((_fromA, _toA, from) => {
      const line = after.lineAt(from).number - 1
      rows = rows.splice(line, line + 1, [stamp])
    })
  }
  return rows
}

/** What a view shows of a state, computed when it is asked for: many entries may come between two looks. */
interface Shown { readonly pending: ChangeDesc; readonly rows: Rows }
const shown = new WeakMap<BlameState, Shown>()

function shownIn(b: BlameState, state: EditorState): Shown {
  let found = shown.get(b)
  if (!found) {
    const pending = b.pending ?? pendingIn(state).reduce<ChangeDesc>((all, c) => all.composeDesc(c.desc), ChangeSet.empty(b.text.length).desc)
    found = { pending, rows: pending.empty ? b.rows : ahead(b, pending, state) }
    shown.set(b, found)
  }
  return found
}

/**
 * ahead is the rule for edits that the log does not have yet: the lines that they
 * touch are the writer's own and pending, but for those at either end of what was
 * touched that read as the log's lines there do. It holds until the entry comes
 * back, with which the server decides.
 */
function ahead(b: BlameState, pending: ChangeDesc, state: EditorState): Rows {
  const mine: Row = { author: state.facet(whoami)(), rev: 0, at: Date.now(), submitted: false, pending: true }
  const { doc } = state
  let { rows } = b
  let shift = 0
  for (const hunk of hunksOf(pending, b.text, doc)) {
    const { fromA, toA, fromB, toB } = hunk // lines from 1, the last included
    const { head, tail } = b.rows.length ? common(linesOf(b.text, fromA, toA), linesOf(doc, fromB, toB)) : { head: 0, tail: 0 }
    rows = rows.splice(fromA - 1 + head + shift, toA - tail + shift, Array<Row>(toB - fromB + 1 - head - tail).fill(mine))
    shift += (toB - fromB) - (toA - fromA)
  }
  return rows
}

const linesOf = (text: Text, from: number, to: number): string[] => [...text.iterLines(from, to + 1)]

interface Hunk { fromA: number; toA: number; fromB: number; toB: number }

/** hunksOf are the lines that changes touch, before and after; changes that touch a common line are one hunk. */
function hunksOf(changes: ChangeDesc, before: Text, after: Text): Hunk[] {
  const hunks: Hunk[] = []
  const line = (text: Text, pos: number): number => text.lineAt(pos).number
  changes.iterChangedRanges((a, endA, b, endB) => {
    const hunk = { fromA: line(before, a), toA: line(before, endA), fromB: line(after, b), toB: line(after, endB) }
    const last = hunks.at(-1)
    if (last && hunk.fromA <= last.toA) Object.assign(last, { toA: hunk.toA, toB: hunk.toB })
    else hunks.push(hunk)
  })
  return hunks
}
