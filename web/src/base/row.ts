// A thread as the list tells of it, and a check of what really arrives. Times
// are Unix milliseconds; names are what people call themselves.

import { count, isFields, isText, text } from './fields'

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
  /** The last changed line's text, cut off where it is long. */
  last: string
}

const names = (v: unknown): string[] => (Array.isArray(v) ? v.filter(isText) : [])

/** rowOf reads a row of `list` or of GET /api/threads; null if it is none. */
export function rowOf(v: unknown): Row | null {
  if (!isFields(v) || !isText(v.id) || !isText(v.title)) return null
  return {
    id: v.id,
    title: v.title,
    rev: count(v.rev ?? v.revisions),
    at: count(v.updated_at) || count(v.opened_at),
    by: text(v.updated_by) || text(v.opened_by),
    lines: count(v.lines),
    connections: count(v.connections),
    here: names(v.here),
    typing: names(v.typing),
    last: text(v.last).trim(),
  }
}

export interface Page { rows: Row[]; total: number; next: number | null }

/** pageOf reads the threads of a frame `list` or of an answer; rows that are none are left out. */
export function pageOf(v: unknown): Page | null {
  if (!isFields(v) || !Array.isArray(v.threads)) return null
  const rows = v.threads.map(rowOf).filter((r) => r !== null)
  const next = Number.isSafeInteger(v.next) ? v.next as number : null
  return { rows, total: Math.max(count(v.total), rows.length), next }
}

/** byActivity puts what changed last first. */
export const byActivity = (a: Row, b: Row): number => b.at - a.at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0)
