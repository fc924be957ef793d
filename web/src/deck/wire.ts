// The messages of line mode, as types and as a check of what arrives. Lines
// count from 0, a revision counts the records of a thread. A frame of an unknown
// type or with a wrong field is ignored: a newer server breaks no older page.

import { fieldsOf, isCount, isFields, isText, text, type Fields } from '../base/fields'
import { pageOf, type Row } from '../base/row'
import { shownName } from '../base/visible'

export interface Piece { line: number; value: string; user: string; submitted: boolean }
/**
 * The joined thread. Only a resync has received: how many of our edits on this
 * connection it includes; current is then the index of our current line.
 */
export interface Join { type: 'join'; thread: string; title: string; rev: number; data: Piece[]; current: number | null; received?: number }
/** A changed line. mine marks the receipt of an edit of ours; its line is -1 where the line no longer exists. */
export interface Update extends Piece { type: 'update'; id: string; rev: number; mine: boolean }
export interface Refusal { type: 'error'; text: string; code: string; re: string }
export type ServerMessage = { type: 'status'; connections: number } | { type: 'list'; rows: Row[]; total: number } | Join | Update | Refusal

export type Edit =
  | { type: 'new' | 'submit'; value: string }
  | { type: 'update'; value: string; line?: number; rev?: number }
export type ClientMessage =
  | Edit
  | { type: 'open'; user: string; title: string }
  | { type: 'join'; user: string; id: string }
  | { type: 'leave' | 'status' | 'list' }

/** decode reads one text frame; null: ignore it. */
export function decode(frame: string): ServerMessage | null {
  const m = fieldsOf(frame)
  switch (m?.type) {
    case 'status': return isCount(m.connections) ? { type: 'status', connections: m.connections } : null
    case 'list': return list(m)
    case 'join': return join(m)
    case 'update': return update(m)
    case 'error': return isText(m.text) ? { type: 'error', text: m.text, code: text(m.code), re: text(m.re) } : null
    default: return null
  }
}

function list(m: Fields): ServerMessage | null {
  const page = pageOf(m)
  return page && { type: 'list', rows: page.rows, total: page.total }
}

function join(m: Fields): Join | null {
  if (!isText(m.thread) || !isText(m.title) || !isCount(m.rev) || !Array.isArray(m.data)) return null
  const data: Piece[] = []
  for (const p of m.data as unknown[]) {
    // A missing or repeated index would put text under the wrong line.
    if (!isFields(p) || p.line !== data.length || !isText(p.value) || !isText(p.user)) return null
    data.push({ line: data.length, value: p.value, user: shownName(p.user), submitted: p.submitted === true })
  }
  const current = isCount(m.current) && m.current < data.length ? m.current : null
  const received = isCount(m.received) ? { received: m.received } : {}
  return { type: 'join', thread: m.thread, title: m.title, rev: m.rev, data, current, ...received }
}

function update(m: Fields): Update | null {
  const { id, line, rev, value, user } = m
  if (!isText(id) || !isCount(line) || !isCount(rev) || !isText(value) || !isText(user)) return null
  const mine = m.mine === true
  return { type: 'update', id, line: mine && m.gone === true ? -1 : line, value, user: shownName(user), rev, submitted: m.submitted === true, mine }
}
