// What a thread looks like, row by row: the server's lines, ours laid over
// them, and the place of the line in hand between the two halves.

import type { Mark } from './draft'
import type { Room } from './room'

export interface Row {
  /** The line it stands for, or null while the server has not placed it. */
  index: number | null
  value: string
  user: string
  submitted: boolean
  mark: Mark | null
  /** The first of a run of lines by one person, which carries the name. */
  first: boolean
}

export interface Rows {
  before: Row[]
  hand: { user: string; first: boolean; mark: Mark | null; submitted: boolean }
  after: Row[]
  /** Lines in view: a last empty one is not, while the empty place after it would take it over. */
  shown: number
}

export function rowsOf(room: Room): Rows {
  const current = room.current
  const all = laid(room)
  const last = room.lines.at(-1)
  const shown = room.lines.length - (last?.value === '' && !last.submitted && current.blank ? 1 : 0)
  if (shown < room.lines.length) all.splice(shown, 1)
  const at = current.line !== null && current.line < shown ? current.line : null
  const before = at === null ? all : all.slice(0, at)
  const after = at === null ? [] : all.slice(at + 1)
  const line = at === null ? undefined : room.lines[at]
  const touched = !line || current.value !== line.value
  const user = touched ? room.user : line.user
  const mark = current.mark(room.joined)
  const hand = {
    user,
    first: before.at(-1)?.user !== user,
    mark: mark?.at === 'disk' && line?.user !== room.user ? null : mark,
    submitted: !touched && line.submitted,
  }
  const next = after[0]
  if (next) next.first = next.user !== user
  return { before, hand, after, shown }
}

function laid(room: Room): Row[] {
  const rows: Row[] = room.lines.map((l, index) => ({
    index, value: l.value, user: l.user, submitted: l.submitted, mark: null, first: true,
  }))
  for (const d of room.drafts) {
    if (d === room.current || d.shown || d.blank || d.settled) continue
    const own = { value: d.value, user: room.user, submitted: false, mark: d.mark(room.joined), first: true }
    const at = d.line === null ? undefined : rows[d.line]
    if (at) Object.assign(at, own)
    else rows.push({ index: null, ...own })
  }
  rows.forEach((r, i) => { r.first = r.user !== rows[i - 1]?.user })
  return rows
}
