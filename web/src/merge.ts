// Arithmetic of one line's text. Positions are UTF-16 code units, and no cut
// ever falls inside a surrogate pair.

/** One replacement: [from, to) of the old text became insert. */
export interface Replacement { from: number; to: number; insert: string }

const isHigh = (c: number): boolean => c >= 0xd800 && c < 0xdc00
const splits = (s: string, at: number): boolean =>
  at > 0 && at < s.length && isHigh(s.charCodeAt(at - 1)) && !isHigh(s.charCodeAt(at)) &&
  s.charCodeAt(at) >= 0xdc00 && s.charCodeAt(at) < 0xe000

/** difference is what is left after taking off the common prefix, then the common suffix. */
export function difference(a: string, b: string): Replacement {
  const most = Math.min(a.length, b.length)
  let head = 0
  while (head < most && a.charCodeAt(head) === b.charCodeAt(head)) head++
  if (splits(a, head) || splits(b, head)) head--
  let tail = 0
  while (tail < most - head && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail++
  if (splits(a, a.length - tail) || splits(b, b.length - tail)) tail--
  return { from: head, to: a.length - tail, insert: b.slice(head, b.length - tail) }
}

/** cost counts the code units deleted and inserted on the way from a to b. */
export function cost(a: string, b: string): number {
  const d = difference(a, b)
  return d.to - d.from + d.insert.length
}

/** mapPosition says where a caret at pos in a belongs in b; text put in right at the caret stays behind it if after is set. */
export function mapPosition(a: string, b: string, pos: number, after = false): number {
  const d = difference(a, b)
  if (pos < d.from || (pos === d.from && !after)) return pos
  if (pos >= d.to) return pos + d.insert.length - (d.to - d.from)
  return d.from + (after ? d.insert.length : 0)
}

/** rebase carries the step from → mine over to theirs, which also grew out of from; what theirs put in is kept. */
export function rebase(from: string, mine: string, theirs: string): string {
  const d = difference(from, mine)
  const other = difference(from, theirs)
  const start = mapPosition(from, theirs, d.from, true)
  const end = Math.max(start, mapPosition(from, theirs, d.to, false))
  const inside = other.from > d.from && other.to < d.to
  return theirs.slice(0, start) + d.insert + (inside ? other.insert : '') + theirs.slice(end)
}
