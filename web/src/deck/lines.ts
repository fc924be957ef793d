// The lines of a thread as the server last told them.

import type { Join, Update } from './wire'

/** rev is the thread's revision at which the line was last told to us. */
export interface Line { value: string; user: string; submitted: boolean; rev: number }

export function linesOf(m: Join): Line[] {
  return m.data.map((p) => ({ value: p.value, user: p.user, submitted: p.submitted, rev: m.rev }))
}

/** apply takes an update in; an older word on a line never replaces a newer one. */
export function apply(lines: Line[], m: Update): void {
  const old = lines[m.line]
  if (old && old.rev > m.rev) return
  while (lines.length < m.line) lines.push({ value: '', user: '', submitted: false, rev: 0 })
  lines[m.line] = { value: m.value, user: m.user, submitted: m.submitted, rev: m.rev }
}

/**
 * relocate says where the line at index stands after a resync: in the common
 * head, in the common tail, or else the nearest line that reads the same.
 */
export function relocate(before: Line[], after: Line[], index: number): number | null {
  const value = before[index]?.value
  if (value === undefined) return null
  const same = (i: number, j: number): boolean => before[i]?.value === after[j]?.value
  const most = Math.min(before.length, after.length)
  let head = 0
  while (head < most && same(head, head)) head++
  if (index < head) return index
  let tail = 0
  while (tail < most - head && same(before.length - 1 - tail, after.length - 1 - tail)) tail++
  if (index >= before.length - tail) return index + after.length - before.length
  for (let d = 0; d < after.length + before.length; d++) {
    for (const i of [index - d, index + d]) if (after[i]?.value === value) return i
  }
  return null
}

/**
 * findOwn looks in after for a line of user's that reads one of values (the
 * latest first) and that before did not have yet: an edit of ours that reached
 * the disk though its receipt never reached us.
 */
export function findOwn(before: Line[], after: Line[], user: string, values: string[]): number | null {
  const own = (l: Line, value: string): boolean => l.user === user && l.value === value
  for (const value of [...values].reverse()) {
    const had = before.filter((l) => own(l, value)).length
    const has = after.filter((l) => own(l, value)).length
    if (value !== '' && has > had) return after.findLastIndex((l) => own(l, value))
  }
  return null
}
