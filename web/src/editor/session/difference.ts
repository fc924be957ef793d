// The difference of two texts as a change: lines that are common stay, found
// by Myers' greedy algorithm (E. Myers, "An O(ND) difference algorithm and its
// variations", 1986); between them, what is common at both ends stays too.

import { ChangeSet, type ChangeSpec, Text } from '@codemirror/state'

const MOST = 400 // lines that may differ before it is taken for one replacement

const high = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const low = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000

/** difference changes a into b; it cuts no surrogate pair. */
export function difference(a: Text, b: Text): ChangeSet {
  if (a.eq(b)) return ChangeSet.empty(a.length)
  const from = pieces(a), to = pieces(b)
  let head = 0
  while (head < from.length && head < to.length && from[head] === to[head]) head++
  let tail = 0
  while (tail < from.length - head && tail < to.length - head && from.at(-1 - tail) === to.at(-1 - tail)) tail++
  const inner = common(from.slice(head, from.length - tail), to.slice(head, to.length - tail))
  const kept = [...inner.map(([i, j]) => [i + head, j + head] as const), [from.length - tail, to.length - tail] as const]
  const changes: ChangeSpec[] = []
  let pos = length(from.slice(0, head)), i = head, j = head
  for (const [x, y] of kept) {
    const old = from.slice(i, x), now = to.slice(j, y)
    // As many lines as before are most likely the same lines, changed.
    const pairs = old.length === now.length ? old.map((s, k) => [s, now[k]!] as const) : [[old.join(''), now.join('')] as const]
    for (const [was, is] of pairs) {
      if (was !== is) changes.push(replacement(pos, was, is))
      pos += was.length
    }
    pos += from[x]?.length ?? 0
    i = x + 1
    j = y + 1
  }
  return ChangeSet.of(changes, a.length)
}

/** pieces are the lines with their breaks; the last has none. */
const pieces = (text: Text): string[] => text.toString().split(/(?<=\n)/)
const length = (pieces: string[]): number => pieces.reduce((sum, p) => sum + p.length, 0)

/** replacement puts now where old is, without what both have at their ends. */
function replacement(pos: number, old: string, now: string): ChangeSpec {
  const least = Math.min(old.length, now.length)
  let head = 0
  while (head < least && old.charCodeAt(head) === now.charCodeAt(head)) head++
  if (head > 0 && high(old.charCodeAt(head - 1))) head--
  let tail = 0
  while (tail < least - head && old.charCodeAt(old.length - 1 - tail) === now.charCodeAt(now.length - 1 - tail)) tail++
  if (tail > 0 && low(old.charCodeAt(old.length - tail))) tail--
  return { from: pos + head, to: pos + old.length - tail, insert: Text.of(now.slice(head, now.length - tail).split('\n')) }
}

/** common pairs the indexes of lines that both have, ascending; none where too much differs. */
function common(a: string[], b: string[]): [number, number][] {
  const most = Math.min(a.length + b.length, MOST)
  const reach = new Map<number, number>([[1, 0]])
  const trace: Map<number, number>[] = []
  for (let d = 0; d <= most; d++) {
    trace.push(new Map(reach))
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1))
      let x = down ? reach.get(k + 1) ?? 0 : (reach.get(k - 1) ?? 0) + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      reach.set(k, x)
      if (x >= a.length && x - k >= b.length) return path(trace, a.length, b.length)
    }
  }
  return []
}

function path(trace: Map<number, number>[], x: number, y: number): [number, number][] {
  const pairs: [number, number][] = []
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d]!
    const k = x - y
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1))
    const fromX = d === 0 ? 0 : reach.get(down ? k + 1 : k - 1) ?? 0
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1)
    while (x > fromX && y > fromY) pairs.push([--x, --y])
    x = fromX
    y = fromY
  }
  return pairs.reverse()
}
