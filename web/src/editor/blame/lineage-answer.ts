// The server's answers about lines and about the history of one (the endpoints
// lines and lines/ID/history), and how pages of a history are joined.

import { shownAuthors } from '../../base/visible'
import type { Author } from './rows'

export interface LinesAnswer {
  rev: number
  total: number
  authors: Author[]
  lines: [rev: number, author: number, at: number, submitted: boolean, id: string][]
  words?: [length: number, rev: number, author: number, at: number][][]
}

/** Some text: 0 kept, 1 inserted, -1 deleted. */
export type Part = [text: string, what: 0 | 1 | -1]

export interface HistoryEntry {
  from: number
  to: number
  /** Unix milliseconds. */
  start: number
  end: number
  author: number
  kinds: string[]
  parts: Part[]
}

export interface HistoryAnswer {
  line: string
  rev: number
  authors: Author[]
  entries: HistoryEntry[]
  next: number | null
}

/** A Told entry has its author in it, so that entries of several answers can be joined. */
export interface Told extends Omit<HistoryEntry, 'author'> { author: Author }

/** A Lineage is the known part of a line's history, newest first. next: where older entries begin; null: there are none. */
export interface Lineage { rev: number; entries: Told[]; next: number | null }

export function linesURL(thread: string, at: number, from: number, to: number, words = false): string {
  return `/api/threads/${thread}/lines?at=${at}&from=${from}&to=${to}${words ? '&words=true' : ''}`
}

export function historyURL(thread: string, line: string, o: { at?: number; limit: number; before?: number }): string {
  const at = o.at === undefined ? '' : `&at=${o.at}`
  const before = o.before === undefined ? '' : `&before=${o.before}`
  return `/api/threads/${thread}/lines/${encodeURIComponent(line)}/history?limit=${o.limit}${at}${before}`
}

export function lineage(said: HistoryAnswer): Lineage {
  const authors = shownAuthors(said.authors)
  const entries = said.entries.map((e): Told => ({ ...e, author: authors[e.author] ?? { id: '', name: '?', kind: '' } }))
  return { rev: said.rev, entries, next: said.next }
}

/** renewed puts the newest page in front of the known entries. */
export function renewed(known: Lineage, fresh: Lineage): Lineage {
  const last = fresh.entries.at(-1)
  if (!last || fresh.next === null) return fresh
  // A known entry may have grown: of two that overlap the fresh one counts. If
  // the pages do not meet, the entries between them must be requested first.
  const older = known.entries.filter((e) => e.to < last.from)
  const met = known.entries.length > older.length
  return met && older.length ? { rev: fresh.rev, entries: [...fresh.entries, ...older], next: known.next } : fresh
}

/** extended puts an older page behind the known entries. */
export function extended(known: Lineage, older: Lineage): Lineage {
  const last = known.entries.at(-1)
  const more = last ? older.entries.filter((e) => e.to < last.from) : older.entries
  return { rev: known.rev, entries: [...known.entries, ...more], next: older.next }
}

const CONTEXT = 40 // UTF-16 units of kept text on either side of a change

/** shortened cuts kept text down to its ends beside the changes. */
export function shortened(parts: readonly Part[]): Part[] {
  if (!parts.some(([, what]) => what !== 0)) return [...parts]
  return parts.map(([text, what], i): Part => {
    const first = i === 0
    const last = i === parts.length - 1
    if (what !== 0 || text.length <= (first || last ? CONTEXT + 8 : 2 * CONTEXT + 8)) return [text, what]
    const head = first ? '' : text.slice(0, edge(text, CONTEXT))
    const tail = last ? '' : text.slice(edge(text, text.length - CONTEXT))
    return [`${head}…${tail}`, 0]
  })
}

/** edge moves an index off the middle of a surrogate pair. */
const edge = (text: string, i: number): number => {
  const unit = text.charCodeAt(i)
  return unit >= 0xdc00 && unit <= 0xdfff ? i - 1 : i
}
