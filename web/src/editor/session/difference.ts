// The difference of two texts as a change. Common lines stay; Myers' greedy
// algorithm finds them (E. Myers, "An O(ND) difference algorithm and its
// variations", 1986). Between them, the common start and end stay too.

import { ChangeSet, type ChangeSpec, Text } from '@codemirror/state'
import { common } from '../../base/common'

const MOST = 400 // lines that may differ before all is one replacement

const high = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00
const low = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000

/** difference changes a into b; it cuts no surrogate pair. */
export function difference(a: Text, b: Text): ChangeSet {
  if (a.eq(b)) return ChangeSet.empty(a.length)
  const from = pieces(a), to = pieces(b)
  const { head, tail } = common(from, to)
  const inner = pairs(from.slice(head, from.length - tail), to.slice(head, to.length - tail))
  const kept = [...inner.map(([i, j]) => [i + head, j + head] as const), [from.length - tail, to.length - tail] as const]
  const changes: ChangeSpec[] = []
  let pos = length(from.slice(0, head)), i = head, j = head
  for (const [x, y] of kept) {
    const old = from.slice(i, x), now = to.slice(j, y)
    // As many lines as before: most likely the same lines, changed.
    const changed = old.length === now.length ? old.map((s, k) => [s, now[k]!] as const) : [[old.join(''), now.join('')] as const]
    for (const [was, is] of changed) {
      if (was !== is) changes.push(replacement(pos, was, is))
      pos += was.length
    }
    pos += from[x]?.length ?? 0
    i = x + 1
    j = y + 1
  }
  return ChangeSet.of(changes, a.length)
}

/** carried carries changes, each based on the one before and the first on a, over to b. */
export function carried(a: Text, b: Text, changes: readonly ChangeSet[]): ChangeSet[] {
  let over = difference(a, b)
  return changes.map((c) => {
    const there = c.map(over)
    over = over.map(c, true)
    return there
  })
}

/** pieces are the lines with their breaks; the last has none. */
const pieces = (text: Text): string[] => text.toString().split(/(?<=\n)/)
const length = (pieces: string[]): number => pieces.reduce((sum, p) => sum + p.length, 0)

/** replacement puts now in place of old, without their common start and end. */
function replacement(pos: number, old: string, now: string): ChangeSpec {
  let { head, tail } = common(old, now)
  if (head > 0 && high(old.charCodeAt(head - 1))) head--
  if (tail > 0 && low(old.charCodeAt(old.length - tail))) tail--
  return { from: pos + head, to: pos + old.length - tail, insert: Text.of(now.slice(head, now.length - tail).split('\n')) }
}

/** pairs are the indexes of the lines that both have, ascending; none if too much differs. */
function pairs(a: string[], b: string[]): [number, number][] {
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
  const found: [number, number][] = []
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d]!
    const k = x - y
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1))
    const fromX = d === 0 ? 0 : reach.get(down ? k + 1 : k - 1) ?? 0
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1)
    while (x > fromX && y > fromY) found.push([--x, --y])
    x = fromX
    y = fromY
  }
  return found.reverse()
}
