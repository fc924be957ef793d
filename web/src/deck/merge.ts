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

/** mapPosition says where a caret at pos in a belongs in b; text put in right at the caret stays behind it if after is set. */
export function mapPosition(a: string, b: string, pos: number, after = false): number {
  const d = difference(a, b)
  if (pos < d.from || (pos === d.from && !after)) return pos
  if (pos >= d.to) return pos + d.insert.length - (d.to - d.from)
  return d.from + (after ? d.insert.length : 0)
}

/**
 * match pairs the code points of a with those of b along a longest common
 * subsequence (Wagner and Fischer, 1974, by rows): for each of a its index in b,
 * or -1. Beyond limit cells only the common prefix and suffix are paired.
 */
export function match(a: string[], b: string[], limit = 4_000_000): Int32Array {
  const pairs = new Int32Array(a.length).fill(-1)
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) { pairs[head] = head; head++ }
  let [n, m] = [a.length, b.length]
  while (n > head && m > head && a[n - 1] === b[m - 1]) pairs[--n] = --m
  const [rows, columns] = [n - head, m - head]
  if (rows * columns === 0 || rows * columns > limit) return pairs
  // length[i * width + j]: the longest common to a from i and b from j.
  const width = columns + 1
  const length = new Uint32Array((rows + 1) * width)
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      const at = i * width + j
      length[at] = a[head + i] === b[head + j] ? length[at + width + 1]! + 1 : Math.max(length[at + width]!, length[at + 1]!)
    }
  }
  for (let i = 0, j = 0; i < rows && j < columns;) {
    const at = i * width + j
    if (a[head + i] === b[head + j]) pairs[head + i++] = head + j++
    else if (length[at + width]! >= length[at + 1]!) i++
    else j++
  }
  return pairs
}

/** distance counts the code points to delete and insert on the way from a to b, at least. */
export function distance(a: string, b: string): number {
  const [x, y] = [[...a], [...b]]
  const common = match(x, y).reduce((n, at) => (at < 0 ? n : n + 1), 0)
  return x.length + y.length - 2 * common
}

/**
 * rebase carries the step from → mine, one replacement, over to theirs, which
 * also grew out of from. What theirs put in is kept, and stays before ours where
 * both stand at one place.
 */
export function rebase(from: string, mine: string, theirs: string): string {
  const d = difference(from, mine)
  const old = [...from]
  const start = [...from.slice(0, d.from)].length
  const end = start + [...from.slice(d.from, d.to)].length
  const text = [...theirs]
  const pairs = match(old, text)
  const gone = new Set(pairs.slice(start, end))
  const next = pairs.slice(end).find((at) => at >= 0) ?? text.length
  const keep = (c: string, i: number): string => (gone.has(i) ? '' : c)
  const all = text.map(keep)
  return all.slice(0, next).join('') + d.insert + all.slice(next).join('')
}

/** touches says whether the step b → c goes on where the step a → b was made, so that both are one replacement. */
export function touches(a: string, b: string, c: string): boolean {
  const first = difference(a, b)
  const second = difference(b, c)
  return second.from <= first.from + first.insert.length && second.to >= first.from
}
