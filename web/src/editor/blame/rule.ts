// What a change does to the rows of the lines it touches, by the rule the
// server has for the identity of a line:
//
// The lines that edits of one change touch in common, a hunk, become one or
// more pieces. Each old line goes on as the piece that holds most of its
// surviving UTF-16 units (the first of equals), and each piece as the old line
// that gives it most (the upper of equals). A line none of whose units survive
// goes on only where the breaks at both its sides stay, an empty one where one
// does. A piece that goes on with the content it had keeps its row; the others
// were changed, or born, now. Within a hunk every break of old was deleted, so
// only its outer two stay.
//
// Whole lines that are deleted and inserted again in one change were moved. Of
// the server's rule for those this has the simple part, and says it doubts.

import type { ChangeSet, Text } from '@codemirror/state'
import { isNobody, type Row, type Rows } from './rows'

/** Lost tells of lines that a change deleted: they stood where position at of the new text is. */
export interface Lost { at: number; lines: number; text: string }

export interface Outcome { rows: Rows; lost: Lost[] }

const REMEMBERED = 400 // UTF-16 units of deleted lines

interface Edit { fromA: number; toA: number; fromB: number; toB: number; breaks: number }
interface Hunk { first: number; last: number; edits: Edit[] } // old lines, from 0, both inclusive

/** Pieces are what a hunk becomes. */
interface Pieces {
  start: number // the first piece is this line of the text after, from 0
  count: number
  winner: Map<number, number> // piece → the old line that goes on as it
  kept: Set<number> // pieces that hold something of old
  dead: number[] // old lines of which nothing survived
}

/**
 * changed applies a change to the rows of the text before it. stamp is what a
 * changed line gets. own says whether the change is the newest of all; one of
 * somebody else's comes, in the log, before one's own that is not on disk yet,
 * so lines waiting for that keep their row; and how the two meet is not seen
 * in what stands here (a break deleted here may have parted what it changed,
 * one typed here may part it), so what it touches is in doubt.
 */
export function changed(rows: Rows, changes: ChangeSet, before: Text, after: Text, stamp: Row, own: boolean): Outcome {
  const hunks = group(changes, before)
  const parts = hunks.map((h) => pieces(h, before, after))
  const moved = new Moved(parts, before, after, rows)
  const old = rows
  const lost: Lost[] = []
  let shift = 0
  for (const [i, { first, last }] of hunks.entries()) {
    const part = parts[i]!
    const made: Row[] = []
    for (let p = 0; p < part.count; p++) {
      const text = after.line(part.start + p + 1)
      const line = part.winner.get(p)
      const row = (isNew(part, p) && moved.take(text.text)) || (line === undefined
        ? stamp
        : goesOn(old.at(line), before.line(line + 1).text === text.text, stamp, own))
      const doubt = !row.doubt && moved.any && !part.kept.has(p)
      made.push(doubt ? { ...row, doubt } : row)
    }
    rows = rows.splice(first + shift, last + 1 + shift, made)
    shift += made.length - (last + 1 - first)
    if (!own) rows = rows.doubtedAt(part.start - 1, part.start + part.count + 1)
  }
  for (const part of parts) {
    const texts = moved.staying(part.dead)
    if (texts.length) lost.push({ at: gapOf(part, after), lines: texts.length, text: texts.join('\n').slice(0, REMEMBERED) })
  }
  return { rows, lost }
}

/** isNew says whether a piece was inserted as a whole line. */
const isNew = (part: Pieces, piece: number): boolean => part.count > 1 && !part.kept.has(piece)

function goesOn(was: Row, same: boolean, stamp: Row, own: boolean): Row {
  if (was.serial && !own) return was
  return same && !isNobody(was) ? was : stamp
}

/** gapOf is where, in what a hunk became, the lines are missing. */
function gapOf(part: Pieces, after: Text): number {
  // After the first piece where that is what was above the gap, else before it.
  const first = after.line(part.start + 1)
  return part.kept.has(0) && first.number < after.lines ? first.to + 1 : first.from
}

/** group makes hunks of a change's edits: those that touch a common line belong together. */
function group(changes: ChangeSet, before: Text): Hunk[] {
  const hunks: Hunk[] = []
  changes.iterChanges((fromA, toA, fromB, toB, inserted) => {
    const from = before.lineAt(fromA).number - 1
    const to = toA === fromA ? from : before.lineAt(toA).number - 1
    const edit = { fromA, toA, fromB, toB, breaks: inserted.lines - 1 }
    const last = hunks.at(-1)
    if (last && from <= last.last) {
      last.edits.push(edit)
      last.last = to
    } else hunks.push({ first: from, last: to, edits: [edit] })
  })
  return hunks
}

/** pieces walks a hunk from left to right. */
function pieces(hunk: Hunk, before: Text, after: Text): Pieces {
  const { first, last, edits } = hunk
  const top = before.line(first + 1)
  const start = after.lineAt(edits[0]!.fromB - (edits[0]!.fromA - top.from)).number - 1
  const survived = new Map<number, [piece: number, units: number][]>()
  const give = (line: number, piece: number, units: number): void => {
    if (units <= 0) return
    const given = survived.get(line)
    if (!given) survived.set(line, [[piece, units]])
    else if (given.at(-1)![0] === piece) given.at(-1)![1] += units
    else given.push([piece, units])
  }
  let piece = 0
  let line = first
  let at = top.from
  for (const edit of edits) {
    give(line, piece, edit.fromA - at) // within one line: breaks between edits would part hunks
    line = edit.toA === edit.fromA ? line : before.lineAt(edit.toA).number - 1
    piece += edit.breaks
    at = edit.toA
  }
  give(line, piece, before.line(last + 1).to - at)
  return { start, count: piece + 1, ...settle(hunk, piece, survived, before) }
}

/** settle says which old line goes on as which piece; end is the last piece. */
function settle({ first, last }: Hunk, end: number, survived: Map<number, [number, number][]>, before: Text): Pick<Pieces, 'winner' | 'kept' | 'dead'> {
  const best = new Map<number, { line: number; units: number }>()
  const kept = new Set<number>()
  const dead: number[] = []
  const pick = (line: number, piece: number, units: number): void => {
    const other = best.get(piece)
    if (!other || units > other.units) best.set(piece, { line, units })
  }
  for (let line = first; line <= last; line++) {
    const given = survived.get(line)
    if (given) {
      for (const [piece] of given) kept.add(piece)
      const [piece, units] = given.reduce((a, b) => (b[1] > a[1] ? b : a))
      pick(line, piece, units)
    } else if (first === last) pick(line, 0, 0)
    else if (line > first && line < last) dead.push(line)
    else if (before.line(line + 1).length === 0) pick(line, line === first ? 0 : end, 0)
    else dead.push(line)
  }
  return { winner: new Map([...best].map(([piece, { line }]) => [piece, line])), kept, dead }
}

/** Moved are the whole lines a change deletes, for those that it inserts again. */
class Moved {
  /** Whether there are any: then which moved with which takes more to know. */
  readonly any: boolean
  private readonly rows = new Map<string, { line: number; row: Row }[]>()
  private readonly taken = new Set<number>()

  constructor(parts: readonly Pieces[], private readonly before: Text, after: Text, rows: Rows) {
    this.any = false
    if (!parts.some((p) => p.count > 1)) return
    for (const { dead } of parts) {
      for (const line of dead) {
        const text = before.line(line + 1).text
        if (!text.trim()) continue
        const same = this.rows.get(text) ?? []
        same.push({ line, row: rows.at(line) })
        this.rows.set(text, same)
      }
    }
    if (this.rows.size) this.any = parts.some((part) => this.inserted(part, after))
  }

  take(text: string): Row | undefined {
    const found = this.any ? this.rows.get(text)?.shift() : undefined
    if (found) this.taken.add(found.line)
    return found?.row
  }

  private inserted(part: Pieces, after: Text): boolean {
    for (let p = 0; p < part.count; p++) {
      if (isNew(part, p) && this.rows.has(after.line(part.start + p + 1).text)) return true
    }
    return false
  }

  /** staying are the texts of those lines that are gone, blank ones left out. */
  staying(dead: readonly number[]): string[] {
    const out: string[] = []
    for (const line of dead) {
      if (this.taken.has(line)) continue
      const { text } = this.before.line(line + 1)
      if (text.trim()) out.push(text)
    }
    return out
  }
}
