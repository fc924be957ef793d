import { expect, test } from 'vitest'
import { ghosts, lit, places, shares } from '../../src/history/moment'
import { replacement } from '../../src/history/replacement'
import { runs } from '../../src/history/runs'
import { indexOf } from '../../src/history/timeline'
import { random, seedFor } from '../random'
import type { DeletedRow, SpanRow } from '../../src/history/server'

const SEED = seedFor('moment')

test('what is newer is lit, neighbours of one author as one', () => {
  const spans: SpanRow[] = [[5, 3, 0], [2, 8, 1], [4, 9, 1], [1, 10, 0], [6, 7, 0], [3, 11, 0]]
  expect(lit(spans, 7)).toEqual([
    { from: 5, to: 11, author: 1, rev: 9 },
    { from: 11, to: 12, author: 0, rev: 10 },
    { from: 18, to: 21, author: 0, rev: 11 },
  ])
  expect(lit(spans, 11)).toEqual([])
  expect(lit(spans, 0).at(-1)!.to).toBe(21)
})

test('deletions at one place by one person are one, in the order of the text', () => {
  const deleted: DeletedRow[] = [[4, 'ab', 7, 0], [4, 'c', 9, 0], [4, 'd', 8, 1], [9, 'e', 8, 1], [9, '', 8, 0]]
  expect(ghosts(deleted)).toEqual([
    { pos: 4, text: 'abc', author: 0, rev: 9 },
    { pos: 4, text: 'd', author: 1, rev: 8 },
    { pos: 9, text: 'e', author: 1, rev: 8 },
  ])
})

test('shares count units, deleted ones too, the most first', () => {
  expect(shares(lit([[5, 2, 0], [3, 2, 1], [4, 2, 0]], 1), ghosts([[0, '😀', 2, 1], [3, 'abcdefgh', 2, 1]]))).toEqual([
    { author: 1, inserted: 3, deleted: 10 },
    { author: 0, inserted: 9, deleted: 0 },
  ])
})

test('changes are counted by place and person', () => {
  const inserted = lit([[10, 1, 0], [5, 9, 0], [30, 1, 0], [2, 9, 1]], 1)
  const deleted = ghosts([[2, 'x', 9, 0], [20, 'y', 9, 0]])
  expect(places(inserted, deleted, 8)).toEqual([{ from: 2, to: 2, author: 0 }, { from: 10, to: 20, author: 0 }, { from: 45, to: 47, author: 1 }])
  expect(places(inserted, deleted, 100)).toEqual([{ from: 2, to: 20, author: 0 }, { from: 45, to: 47, author: 1 }])
  expect(places([], [], 8)).toEqual([])
  // One person's text in another's parts it.
  expect(places(lit([[3, 9, 0], [2, 9, 1], [3, 9, 0]], 1), [], 8)).toEqual([{ from: 0, to: 3, author: 0 }, { from: 3, to: 5, author: 1 }, { from: 5, to: 8, author: 0 }])
  // What one replaced is one change, also where another deleted at the same place.
  expect(places(lit([[3, 9, 1]], 1), ghosts([[0, 'x', 9, 0], [0, 'y', 9, 1]]), 8)).toEqual([{ from: 0, to: 0, author: 0 }, { from: 0, to: 3, author: 1 }])
  expect(places(lit([[3, 9, 1]], 1), ghosts([[0, 'y', 9, 1], [0, 'x', 9, 0]]), 8)).toEqual([{ from: 0, to: 3, author: 1 }, { from: 0, to: 0, author: 0 }])
})

/** A text in which every unit remembers its inserter and its deleter: the slow truth. */
interface Unit { char: string; ins: number; by: number; del: number; delBy: number }

function written(r: ReturnType<typeof random>, revisions: number): Unit[] {
  const units: Unit[] = []
  for (let rev = 1; rev <= revisions; rev++) {
    const by = r.below(3)
    const at = r.below(units.length + 1)
    if (r.chance(0.6)) {
      const fresh = Array.from({ length: 1 + r.below(5) }, () => ({ char: r.pick(['a', 'b', ' ', '\n']), ins: rev, by, del: Infinity, delBy: -1 }))
      units.splice(at, 0, ...fresh)
    } else for (const u of units.slice(at, at + r.below(6))) if (u.del === Infinity) [u.del, u.delBy] = [rev, by]
  }
  return units
}

function asked(units: readonly Unit[], since: number): { text: string; spans: SpanRow[]; deleted: DeletedRow[] } {
  const [spans, deleted]: [SpanRow[], DeletedRow[]] = [[], []]
  let text = ''
  for (const u of units) {
    if (u.del === Infinity) {
      spans.push([1, u.ins, u.by])
      text += u.char
    } else if (u.ins <= since && u.del > since) deleted.push([text.length, u.char, u.del, u.delBy])
  }
  return { text, spans, deleted }
}

/** before undoes a difference: inserted text goes, deleted text comes back. */
function before(text: string, inserted: ReturnType<typeof lit>, deleted: ReturnType<typeof ghosts>): string {
  const parts = [...inserted.map((l) => ({ at: l.from, cut: l.to - l.from, add: '' })), ...deleted.map((g) => ({ at: g.pos, cut: 0, add: g.text }))]
  let out = ''
  let pos = 0
  for (const { at, cut, add } of parts.sort((a, b) => a.at - b.at || a.cut - b.cut)) {
    out += text.slice(pos, Math.max(pos, at)) + add
    pos = Math.max(pos, at + cut)
  }
  return out + text.slice(pos)
}

/** undoing checks that a difference, undone, gives the earlier text; null, or the counter-example. */
function undoing(seed: number, threshold: (since: number) => number): string | null {
  const r = random(seed)
  for (let round = 0; round < 400; round++) {
    const units = written(r, 30)
    const since = r.below(31)
    const { text, spans, deleted } = asked(units, since)
    const then = units.filter((u) => u.ins <= since && u.del > since).map((u) => u.char).join('')
    const got = before(text, lit(spans, threshold(since)), ghosts(deleted))
    if (got !== then) return JSON.stringify({ since, text, spans, deleted, got, then })
  }
  return null
}

test(`lit gone and struck back is what stood then (seed ${SEED})`, () => {
  expect(undoing(SEED, (since) => since)).toBeNull()
})

test(`the check finds a difference that is a revision off (seed ${SEED})`, () => {
  expect(undoing(SEED, (since) => since + 1)).not.toBeNull()
})

test('runs are lines in a row of one author, with their newest change', () => {
  const all = runs([[3, 0, 30, false], [9, 0, 90, true], [5, 0, 50, false], [4, 1, 40, false], [6, 0, 60, false]])
  expect(all).toEqual([
    { from: 0, to: 2, author: 0, rev: 9, at: 90 },
    { from: 3, to: 3, author: 1, rev: 4, at: 40 },
    { from: 4, to: 4, author: 0, rev: 6, at: 60 },
  ])
  expect([0, 1, 2, 3, 4].map((line) => indexOf(all, line))).toEqual([0, 0, 0, 1, 2])
})

/** unequal looks for two texts that `between` does not turn into each other, or whose common ends it touches; null, or the counter-example. */
function unequal(between: typeof replacement): string | null {
  const r = random(SEED)
  const text = (): string => Array.from({ length: r.below(12) }, () => r.pick(['a', 'b', '\n'])).join('')
  for (let round = 0; round < 2000; round++) {
    const [a, b] = [text(), text()]
    const c = between(a, b)
    const made = c ? a.slice(0, c.from) + c.insert + a.slice(c.to) : a
    const shares = c !== null && c.insert !== '' && c.to > c.from && (a[c.from] === c.insert[0] || a[c.to - 1] === c.insert.at(-1))
    if (made !== b || shares) return JSON.stringify([a, b, c])
  }
  return null
}

test(`a replacement makes one text of another and touches neither end they share (seed ${SEED})`, () => {
  expect(unequal(replacement)).toBeNull()
})

test(`the check finds a replacement of everything, and one that forgets the end (seed ${SEED})`, () => {
  expect(unequal((a, b) => ({ from: 0, to: a.length, insert: b }))).not.toBeNull()
  expect(unequal((a, b) => { const c = replacement(a, b); return c && { ...c, to: a.length } })).not.toBeNull()
})
