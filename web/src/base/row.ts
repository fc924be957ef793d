// A thread as the list shows it, and a check of the JSON that arrives. Times
// are Unix milliseconds; names are as pages show them.

import { count, isFields, isText, text } from './fields'
import { shownName } from './visible'

export interface Row {
  id: string
  title: string
  /** The head revision. */
  rev: number
  /** When it last changed, and by whom. */
  at: number
  by: string
  lines: number
  connections: number
  /** People in it now, at most 8, and those of them who typed within 5 s. */
  here: string[]
  typing: string[]
  /** The text of the line that changed last, shortened by the server. */
  last: string
}

const names = (v: unknown): string[] => (Array.isArray(v) ? v.filter(isText).map(shownName) : [])

/** rowOf reads a row of `list` or of GET /api/threads; null if it is malformed. */
export function rowOf(v: unknown): Row | null {
  if (!isFields(v) || !isText(v.id) || !isText(v.title)) return null
  return {
    id: v.id,
    title: v.title,
    rev: count(v.rev ?? v.revisions),
    at: count(v.updated_at) || count(v.opened_at),
    by: shownName(text(v.updated_by) || text(v.opened_by)),
    lines: count(v.lines),
    connections: count(v.connections),
    here: names(v.here),
    typing: names(v.typing),
    last: text(v.last).trim(),
  }
}

export interface Page { rows: Row[]; total: number; cursor: string | null }

/** pageOf reads the threads of a frame `list` or of GET /api/threads, without malformed rows. */
export function pageOf(v: unknown): Page | null {
  if (!isFields(v) || !Array.isArray(v.threads)) return null
  const rows = v.threads.map(rowOf).filter((r) => r !== null)
  return { rows, total: Math.max(count(v.total), rows.length), cursor: isText(v.cursor) ? v.cursor : null }
}

/** byActivity sorts the latest change first. */
export const byActivity = (a: Row, b: Row): number => b.at - a.at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
