// Blame as a part of the editor's state: a row for each line of what stands
// here, kept true by the entries of the log and by what is typed.
//
// Edits typed here are the writer's own at once, and wait, counted, for the log
// to say their revision: one entry comes back for each, in order. What this
// cannot know exactly it marks as in doubt (blame-correct.ts asks the server).

import { Facet, StateEffect, StateField, type ChangeSet, type EditorState, type Text, type Transaction } from '@codemirror/state'
import { blameGiven, entryTaken, type Blame, type Entry } from '../session/entry'
import { changed, type Lost } from './rule'
import { isNobody, nobody, Rows, unknown, type Author, type Row } from './rows'
import { openIn } from '../session/peer'

export interface BlameState {
  readonly rows: Rows
  /** The log's revision that the rows have taken in; 0 where none was told yet. */
  readonly rev: number
  /** Own edits made here, and how many of them the log has confirmed. */
  readonly typed: number
  readonly settled: number
  /** Where they are, in the text as it stands. */
  readonly open: readonly Open[]
  /** Lines that the last transaction deleted, and who did. */
  readonly lost: { readonly by: Row; readonly gaps: readonly Lost[] } | null
  readonly latest: { readonly author: Author; readonly rev: number; readonly at: number } | null
}

/** Open is a range of text with own edits that are not in the log; serial is the last of them. */
interface Open { readonly from: number; readonly to: number; readonly serial: number }

/** whoami gives the author that what is typed here gets, before the log says it. */
export const whoami = Facet.define<() => Author, () => Author>({ combine: (given) => given[0] ?? (() => nobody.author) })

/** confirmedRev gives the revision that the session stands at. */
export const confirmedRev = Facet.define<() => number, () => number>({ combine: (given) => given[0] ?? (() => 0) })

/** revOf is the revision of the log that a state has taken in; 0 before there is one. */
export const revOf = (state: EditorState): number => blameOf(state)?.rev || state.facet(confirmedRev)()

/** rowsCorrected replaces rows by what the server says; line 0 is the first. */
export const rowsCorrected = StateEffect.define<readonly { line: number; row: Row }[]>()

export const waiting = (b: BlameState): boolean => b.typed > b.settled

export const blameState = StateField.define<BlameState>({
  create: (state) => blank(state.doc.lines),
  update: (value, tr) => step(value, tr),
})

/** blameOf is the blame of a state, if it has any. */
export const blameOf = (state: EditorState): BlameState | null => state.field(blameState, false) ?? null

const blank = (lines: number, only = nobody): BlameState => ({
  rows: Rows.of(lines === 1 ? [only] : Array<Row>(lines).fill(unknown)),
  rev: 0, typed: 0, settled: 0, open: [], lost: null, latest: null,
})

function step(value: BlameState, tr: Transaction): BlameState {
  let b = value.lost ? { ...value, lost: null } : value
  let given: { rev: number; blame: Blame } | null = null
  const entries: Entry[] = []
  for (const e of tr.effects) {
    if (e.is(blameGiven)) given = e.value
    else if (e.is(entryTaken)) entries.push(e.value)
  }
  if (!entries.length) b = caughtUp(b, tr)
  if (given) return whole(given, tr.newDoc)
  const foreign = entries.filter((e) => !e.own || e.kind)
  if (tr.docChanged) b = foreign.length ? theirs(b, tr, foreign) : mine(b, tr)
  for (const e of entries) b = taken(b, e, tr)
  for (const e of tr.effects) if (e.is(rowsCorrected)) b = corrected(b, e.value)
  return b.rows.length === tr.newDoc.lines ? b : { ...blank(tr.newDoc.lines), rev: b.rev }
}

/** caughtUp settles what was confirmed without an entry of its own (a session may fold what was typed while it was cut off). */
function caughtUp(b: BlameState, tr: Transaction): BlameState {
  if (!waiting(b) || !b.latest) return b
  const left = openIn(tr.startState)
  if (left === null) return b
  const settled = b.typed - left
  if (left > 0 || settled <= b.settled) return b
  const { author, rev, at } = b.latest
  return { ...b, ...confirmed(b, settled, author, rev, at) }
}

const confirmed = (b: BlameState, settled: number, author: Author, rev: number, at: number): Pick<BlameState, 'settled' | 'open' | 'rows'> =>
  ({ settled, open: b.open.filter((o) => o.serial > settled), rows: b.rows.settle(settled, author, rev, at) })

function whole({ rev, blame }: { rev: number; blame: Blame }, doc: Text): BlameState {
  const rows = blame.lines.map(([rev, author, at, submitted]): Row =>
    ({ author: blame.authors[author] ?? nobody.author, rev, at, submitted, serial: 0, doubt: false }))
  return { ...blank(doc.lines, doc.length ? unknown : nobody), ...(rows.length === doc.lines ? { rows: Rows.of(rows) } : {}), rev }
}

function mine(b: BlameState, tr: Transaction): BlameState {
  const serial = b.typed + 1
  const stamp: Row = { author: tr.startState.facet(whoami)(), rev: 0, at: Date.now(), submitted: false, serial, doubt: false }
  const { rows, lost } = changed(b.rows, tr.changes, tr.startState.doc, tr.newDoc, stamp, true)
  return { ...b, rows, typed: serial, open: opened(b.open, tr.changes, serial), lost: lost.length ? { by: stamp, gaps: lost } : null }
}

/** opened adds the ranges of an own edit; what touches becomes one. */
function opened(open: readonly Open[], changes: ChangeSet, serial: number): Open[] {
  const all = mapped(open, changes)
  changes.iterChangedRanges((_fromA, _toA, from, to) => all.push({ from, to, serial }))
  all.sort((a, b) => a.from - b.from)
  const out: Open[] = []
  for (const o of all) {
    const last = out.at(-1)
    if (last && o.from <= last.to) out[out.length - 1] = { from: last.from, to: Math.max(last.to, o.to), serial: Math.max(last.serial, o.serial) }
    else out.push(o)
  }
  return out
}

const mapped = (open: readonly Open[], changes: ChangeSet): Open[] =>
  open.map((o) => ({ ...o, from: changes.mapPos(o.from, -1), to: changes.mapPos(o.to, 1) }))

/** met has the lines in doubt at which own edits wait while somebody else's come before them in the log. */
function met(b: BlameState, doc: Text): BlameState {
  let { rows } = b
  for (const { from, to } of b.open) rows = rows.doubtedAt(doc.lineAt(from).number - 2, doc.lineAt(to).number + 1)
  return { ...b, rows }
}

function theirs(b: BlameState, tr: Transaction, entries: readonly Entry[]): BlameState {
  const last = entries.at(-1)!
  if (last.kind === 'redacted') return b // alters no blame
  const stamp: Row = { author: authorOf(last), rev: last.rev, at: last.at, submitted: false, serial: 0, doubt: entries.length > 1 }
  const { rows, lost } = changed(b.rows, tr.changes, tr.startState.doc, tr.newDoc, stamp, !waiting(b))
  return { ...b, rows, open: mapped(b.open, tr.changes), lost: lost.length ? { by: stamp, gaps: lost } : null }
}

function taken(b: BlameState, e: Entry, tr: Transaction): BlameState {
  b = { ...b, rev: e.rev }
  if (e.kind === 'submitted' && e.lines) return { ...b, rows: submitted(b, e.lines) }
  if (e.kind) return b
  const author = authorOf(e)
  if (e.own) {
    const settled = Math.min(b.settled + 1, b.typed)
    return { ...b, ...confirmed(b, settled, author, e.rev, e.at), latest: { author, rev: e.rev, at: e.at } }
  }
  if (waiting(b)) return met(b, tr.newDoc)
  // The first change of a thread begins its first line even when it is empty.
  if (!tr.docChanged && b.rows.length === 1 && isNobody(b.rows.at(0))) {
    return { ...b, rows: Rows.of([{ ...nobody, author, rev: e.rev, at: e.at }]) }
  }
  return b
}

function submitted(b: BlameState, [from, to]: [number, number]): Rows {
  // The lines are those of the log; with something of one's own on top they
  // may be others here.
  if (waiting(b) || to >= b.rows.length) return b.rows.doubted()
  return b.rows.splice(from, to + 1, b.rows.slice(from, to + 1).map((r) => ({ ...r, submitted: true })))
}

function corrected(b: BlameState, rows: readonly { line: number; row: Row }[]): BlameState {
  let all = b.rows
  for (let i = 0; i < rows.length;) {
    let n = i + 1 // as far as the lines follow each other
    while (n < rows.length && rows[n]!.line === rows[n - 1]!.line + 1) n++
    const from = rows[i]!.line
    if (from >= 0 && from + n - i <= all.length) all = all.splice(from, from + n - i, rows.slice(i, n).map((r) => r.row))
    i = n
  }
  return { ...b, rows: all }
}

const authorOf = (e: Entry): Author => ({ id: e.author, name: e.user, kind: 'person' })
