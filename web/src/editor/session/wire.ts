// The messages of text mode, as types and as a check of the frames that arrive.
// Revisions count records from 1, times are Unix milliseconds, lengths and
// positions UTF-16 code units. Unknown fields are ignored; an unknown type or a
// wrong field gives null.

import { ChangeSet } from '@codemirror/state'
import { count, fieldsOf, isCount, isFields, isText, text, type Fields } from '../../base/fields'
import type { Claim } from './claims'
import type { Blame, LogEntry, RowSplice } from './entry'

export interface Limits { frame: number; changes: number; edits: number; text: number; lines: number }

/** The answer to a join: the whole text. reset: the log does not have the revision to resume from. */
export interface Whole {
  type: 'whole'
  thread: string
  title: string
  rev: number
  chain: string
  text: string
  blame: Blame
  limits: Limits
  readonly: boolean
  reset: boolean
  /** How far the newest record's time is ahead of the server's clock, in ms; 0 if it is not. */
  ahead: number
}
/** The answer to a join that resumes: updates from rev+1 to head follow. */
export interface Resumed { type: 'resumed'; thread: string; title: string; rev: number; head: number; limits: Limits; readonly: boolean; ahead: number }

export interface Update { type: 'update'; id: string; rev: number; chain: string; updates: LogEntry[] }
export interface CursorSeen { type: 'cursor'; id: string; client: string; user: string; author: string; rev: number; ranges: [number, number][] }
export interface Beacon { type: 'beacon'; id: string; rev: number; length: number; sha256: string }
/** total exceeds the length of people if the list is cut short. */
export interface People { type: 'people'; id: string; people: { user: string; author: string; mode: 'text' | 'line' }[]; total: number }
export interface Refusal { type: 'error'; code: string; text: string; re: string; head: number }
export type Message = Whole | Resumed | Update | CursorSeen | Beacon | People | Refusal

export type Sent =
  | { type: 'join'; user: string; id: string; mode: 'text'; client: string; since?: number; chain?: string }
  | { type: 'update'; client: string; seq: number; rev: number; changes: unknown[]; claims?: [index: number, claim: Claim][] }
  | { type: 'submit'; rev: number; lines: [number, number] }
  | { type: 'version'; rev: number; name: string }
  | { type: 'rename'; title: string }
  | { type: 'cursor'; rev: number; ranges: [number, number][] }
  | { type: 'diverged'; rev: number }
  | { type: 'leave' }

const isRow = (v: unknown): boolean => Array.isArray(v) && isCount(v[0]) && isText(v[1]) && isCount(v[2]) && typeof v[3] === 'boolean'
const isSplice = (v: unknown): v is RowSplice => Array.isArray(v) && isCount(v[0]) && isCount(v[1]) && Array.isArray(v[2]) && v[2].every(isRow)
const isPair = (v: unknown): v is [number, number] => Array.isArray(v) && v.length === 2 && v.every(isCount)

/** decode reads one text frame; null: it is not for text mode, or malformed. */
export function decode(frame: string): Message | null {
  const m = fieldsOf(frame)
  switch (m?.type) {
    case 'join': return join(m)
    case 'update': return update(m)
    case 'cursor': return cursor(m)
    case 'beacon': return beacon(m)
    case 'people': return people(m)
    case 'error': return refusal(m)
    default: return null
  }
}

function limits(v: unknown): Limits {
  const m = isFields(v) ? v : {}
  const most = (v: unknown, missing: number): number => (isCount(v) && v > 0 ? v : missing)
  return { frame: most(m.frame, 1 << 20), changes: most(m.changes, 1000), edits: most(m.edits, 10_000), text: most(m.text, 4 << 20), lines: most(m.lines, 200_000) }
}

function join(m: Fields): Whole | Resumed | null {
  if (!isText(m.thread) || !isText(m.title) || !isCount(m.rev)) return null
  const common = { thread: m.thread, title: m.title, rev: m.rev, limits: limits(m.limits), readonly: m.readonly === true, ahead: count(m.ahead) }
  if (isCount(m.head)) return { type: 'resumed', ...common, head: m.head }
  if (!isText(m.chain) || !isText(m.text) || !isFields(m.blame)) return null
  return { type: 'whole', ...common, chain: m.chain, text: m.text, blame: m.blame as unknown as Blame, reset: m.reset === true }
}

function update(m: Fields): Update | null {
  if (!isText(m.id) || !isCount(m.rev) || !isText(m.chain) || !Array.isArray(m.updates)) return null
  const updates: LogEntry[] = []
  for (const u of m.updates as unknown[]) {
    const e = isFields(u) ? entry(u) : null
    if (!e) return null
    updates.push(e)
  }
  return { type: 'update', id: m.id, rev: m.rev, chain: m.chain, updates }
}

function entry(u: Fields): LogEntry | null {
  if (!isCount(u.rev) || !isText(u.user) || !isText(u.author) || !isCount(u.at)) return null
  let changes: ChangeSet
  try {
    if (u.changes !== undefined) changes = ChangeSet.fromJSON(u.changes)
    else if (isCount(u.length)) changes = ChangeSet.empty(u.length)
    else return null
  } catch {
    return null
  }
  const e: LogEntry = {
    rev: u.rev, user: u.user, author: u.author, at: u.at, changes,
    client: isText(u.client) ? u.client : null,
    seq: count(u.seq),
    kind: isText(u.kind) ? u.kind : null,
  }
  if (isText(u.title)) e.title = u.title
  if (isText(u.name)) e.name = u.name
  if (isCount(u.of)) e.of = u.of
  if (isPair(u.lines)) e.lines = u.lines
  if (u.rows !== undefined) {
    if (!Array.isArray(u.rows) || !u.rows.every(isSplice)) return null
    e.rows = u.rows
  }
  return e
}

function cursor(m: Fields): CursorSeen | null {
  if (!isText(m.id) || !isText(m.client) || !isText(m.user) || !isText(m.author) || !isCount(m.rev)) return null
  if (!Array.isArray(m.ranges) || !m.ranges.every(isPair)) return null
  return { type: 'cursor', id: m.id, client: m.client, user: m.user, author: m.author, rev: m.rev, ranges: m.ranges }
}

function beacon(m: Fields): Beacon | null {
  if (!isText(m.id) || !isCount(m.rev) || !isCount(m.length) || !isText(m.sha256)) return null
  return { type: 'beacon', id: m.id, rev: m.rev, length: m.length, sha256: m.sha256 }
}

function people(m: Fields): People | null {
  if (!isText(m.id) || !Array.isArray(m.people)) return null
  const list: People['people'] = []
  for (const p of m.people as unknown[]) {
    if (!isFields(p) || !isText(p.user) || !isText(p.author)) return null
    list.push({ user: p.user, author: p.author, mode: p.mode === 'text' ? 'text' : 'line' })
  }
  return { type: 'people', id: m.id, people: list, total: isCount(m.total) ? m.total : list.length }
}

function refusal(m: Fields): Refusal | null {
  if (!isText(m.text)) return null
  return { type: 'error', text: m.text, code: text(m.code), re: text(m.re), head: count(m.head) }
}
