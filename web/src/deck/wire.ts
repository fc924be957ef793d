// The line-mode messages, as types and as a check of what really arrives.
// Lines count from 0, times are Unix milliseconds, a revision is a count of
// records. Unknown fields are ignored; an unknown type or a wrong field gives
// null, so that a newer server cannot break an older page.

export interface Entry {
  id: string
  title: string
  opened_by: string
  opened_at: number
  updated_at: number
  updated_by: string
  lines: number
  connections: number
}

export interface Piece {
  line: number
  value: string
  user: string
  submitted: boolean
}

export interface Status { type: 'status'; connections: number; threads: number }
export interface List { type: 'list'; threads: Entry[]; total: number }
/** received is present in a resync only: how many of our edits on this connection it includes. */
export interface Join {
  type: 'join'
  thread: string
  title: string
  rev: number
  data: Piece[]
  current: number | null
  received?: number
}
/** mine marks a receipt; its line is -1 where the line is gone (`gone` on the wire, which then repeats the last line). */
export interface Update {
  type: 'update'
  id: string
  line: number
  value: string
  user: string
  rev: number
  submitted: boolean
  mine: boolean
}
export interface Refusal { type: 'error'; text: string; code: string; re: string }
export type ServerMessage = Status | List | Join | Update | Refusal

export type Edit =
  | { type: 'new'; value: string }
  | { type: 'update' | 'submit'; value: string; line?: number; rev?: number }
export type ClientMessage =
  | Edit
  | { type: 'open'; user: string; title: string }
  | { type: 'join'; user: string; id: string }
  | { type: 'leave' | 'status' | 'list' }
  | { type: 'rename'; title: string }

type Fields = Record<string, unknown>

const isText = (v: unknown): v is string => typeof v === 'string'
const isCount = (v: unknown): v is number => Number.isSafeInteger(v) && (v as number) >= 0
const isFields = (v: unknown): v is Fields => typeof v === 'object' && v !== null && !Array.isArray(v)

/** decode reads one text frame; null means: not for us, leave everything as it is. */
export function decode(frame: string): ServerMessage | null {
  let m: unknown
  try {
    m = JSON.parse(frame)
  } catch {
    return null
  }
  if (!isFields(m)) return null
  switch (m.type) {
    case 'status': return status(m)
    case 'list': return list(m)
    case 'join': return join(m)
    case 'update': return update(m)
    case 'error': return refusal(m)
    default: return null
  }
}

function status(m: Fields): Status | null {
  if (!isCount(m.connections)) return null
  return { type: 'status', connections: m.connections, threads: isCount(m.threads) ? m.threads : 0 }
}

function list(m: Fields): List | null {
  if (!Array.isArray(m.threads)) return null
  const threads: Entry[] = []
  for (const t of m.threads as unknown[]) {
    if (!isFields(t) || !isText(t.id) || !isText(t.title)) return null
    threads.push({
      id: t.id,
      title: t.title,
      opened_by: isText(t.opened_by) ? t.opened_by : '',
      opened_at: isCount(t.opened_at) ? t.opened_at : 0,
      updated_at: isCount(t.updated_at) ? t.updated_at : 0,
      updated_by: isText(t.updated_by) ? t.updated_by : '',
      lines: isCount(t.lines) ? t.lines : 0,
      connections: isCount(t.connections) ? t.connections : 0,
    })
  }
  return { type: 'list', threads, total: isCount(m.total) ? m.total : threads.length }
}

function join(m: Fields): Join | null {
  if (!isText(m.thread) || !isText(m.title) || !isCount(m.rev) || !Array.isArray(m.data)) return null
  const data: Piece[] = []
  for (const p of m.data as unknown[]) {
    // A hole or a shuffled index would put words under the wrong line.
    if (!isFields(p) || p.line !== data.length || !isText(p.value) || !isText(p.user)) return null
    data.push({ line: data.length, value: p.value, user: p.user, submitted: p.submitted === true })
  }
  const current = isCount(m.current) && m.current < data.length ? m.current : null
  const out: Join = { type: 'join', thread: m.thread, title: m.title, rev: m.rev, data, current }
  if (isCount(m.received)) out.received = m.received
  return out
}

function update(m: Fields): Update | null {
  const mine = m.mine === true
  const gone = mine && m.gone === true
  if (!isText(m.id) || !isCount(m.line) || !isCount(m.rev) || !isText(m.value) || !isText(m.user)) return null
  return {
    type: 'update', id: m.id, line: gone ? -1 : m.line, value: m.value, user: m.user, rev: m.rev,
    submitted: m.submitted === true, mine,
  }
}

function refusal(m: Fields): Refusal | null {
  if (!isText(m.text)) return null
  return { type: 'error', text: m.text, code: isText(m.code) ? m.code : '', re: isText(m.re) ? m.re : '' }
}
