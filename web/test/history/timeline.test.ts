import { expect, test } from 'vitest'
import { bars, height, pauses, place } from '../../src/history/bars'
import { indexOf, timelineOf, versionAt, type Step } from '../../src/history/timeline'
import { random, seedFor } from '../random'

const SEED = seedFor('timeline')

/** A course of steps without gaps between their revisions, as the server tells it. */
function course(r: ReturnType<typeof random>, count: number): Step[] {
  const steps: Step[] = []
  let rev = 1
  let at = 1_000_000
  for (let i = 0; i < count; i++) {
    const to = rev + r.below(100)
    const start = at + (i ? r.below(10_000_000) : 0)
    at = start + r.below(20_000)
    steps.push({ from: rev, to, author: r.below(4), start, end: at, inserted: r.below(200), deleted: r.below(50) })
    rev = to + 1
  }
  return steps
}

/** unfolded looks for steps that a folding loses, doubles or counts wrong: null, or the counter-example. */
function unfolded(fold: typeof bars): string | null {
  const r = random(SEED)
  for (let round = 0; round < 300; round++) {
    const steps = course(r, 1 + r.below(400))
    const most = 1 + r.below(300)
    const all = fold(steps, most)
    const indexes = all.flatMap((b) => Array.from({ length: b.to - b.from + 1 }, (_, i) => b.from + i))
    const counted = all.every((b) => {
      const part = steps.slice(b.from, b.to + 1)
      const share = (author: number): number => part.reduce((n, s) => n + (s.author === author ? s.inserted + s.deleted : 0), 0)
      return b.inserted === part.reduce((n, s) => n + s.inserted, 0) && b.deleted === part.reduce((n, s) => n + s.deleted, 0)
        && share(b.author) === Math.max(...[0, 1, 2, 3].map(share))
    })
    const i = r.below(steps.length)
    const bar = all[indexOf(all, i)]
    const found = bar !== undefined && bar.from <= i && i <= bar.to
    if (all.length !== Math.min(most, steps.length) || indexes.length !== steps.length || !indexes.every((n, at) => n === at) || !counted || !found) {
      return JSON.stringify({ most, i, steps, all })
    }
  }
  return null
}

test(`bars have every step once, in order, and lose no unit (seed ${SEED})`, () => {
  expect(unfolded(bars)).toBeNull()
})

test(`the check finds a bar that takes its neighbour's step, and one with another's author (seed ${SEED})`, () => {
  expect(unfolded((steps, most) => bars(steps, most).map((b, i) => (i === 1 ? { ...b, from: b.from - 1 } : b)))).not.toBeNull()
  expect(unfolded((steps, most) => bars(steps, most).map((b) => ({ ...b, author: steps[b.from]!.author })))).not.toBeNull()
})

/** misplaced looks for a revision whose step is not the one found: null, or the counter-example. */
function misplaced(find: typeof indexOf): string | null {
  const r = random(SEED)
  for (let round = 0; round < 300; round++) {
    const steps = course(r, 1 + r.below(60))
    const rev = 1 + r.below(steps.at(-1)!.to)
    const found = steps[find(steps, rev)]
    if (!found || rev < found.from || rev > found.to) return JSON.stringify({ rev, steps })
  }
  return null
}

test(`the step of a revision is the one that has it (seed ${SEED})`, () => {
  expect(misplaced(indexOf)).toBeNull()
})

test(`the check finds a step that is one revision late (seed ${SEED})`, () => {
  expect(misplaced((steps, rev) => indexOf(steps, rev + 1))).not.toBeNull()
})

test('a revision outside of all steps is at the nearest', () => {
  const steps = course(random(1), 5)
  expect(indexOf(steps, 0)).toBe(0)
  expect(indexOf(steps, 10_000)).toBe(4)
  expect(indexOf([], 3)).toBe(0)
})

test('few steps are a bar each, none are none', () => {
  expect(bars([], 10)).toEqual([])
  expect(bars(course(random(2), 3), 10).map((b) => [b.from, b.to])).toEqual([[0, 0], [1, 1], [2, 2]])
  expect(bars(course(random(2), 3), 0.5)).toHaveLength(1)
})

test('a bar can be seen however small, and the highest is full', () => {
  expect(height(0, 100)).toBe(0)
  expect(height(1, 1_000_000)).toBe(0.08)
  expect(height(25, 100)).toBe(0.5)
  expect(height(100, 100)).toBe(1)
})

test('pauses are the longest ones, where they are', () => {
  const at = [0, 10, 500, 510, 2000, 2001, 2700]
  const steps = at.map((t, i): Step => ({ from: i + 1, to: i + 1, author: 0, start: t, end: t, inserted: 1, deleted: 0 }))
  expect(pauses(steps, 400, 9)).toEqual([2, 4, 6])
  expect(pauses(steps, 400, 2)).toEqual([4, 6])
  expect(pauses(steps, 5000, 2)).toEqual([])
})

test('the first step lies at the left end, the last at the right', () => {
  expect([place(0, 0, 5), place(4, 4, 5), place(1, 3, 5), place(0, 0, 1)]).toEqual([0, 1, 0.5, 0])
})

test('a timeline is read as the server writes it, its versions by revision', () => {
  const version = (name: string, rev: number) => ({ name, rev, by: 'Ada', at: 5 })
  const timeline = timelineOf({
    thread: 'T', title: 'Minutes', head: 9, opened_at: 1, authors: [{ id: 'x', name: 'Ada', kind: 'person' }],
    steps: [[1, 4, 0, 1, 2, 10, 0], [5, 9, 0, 8, 9, 3, 4]], versions: [version('b', 7), version('a', 4), version('again', 7)],
  })
  expect(timeline.steps[1]).toEqual({ from: 5, to: 9, author: 0, start: 8, end: 9, inserted: 3, deleted: 4 })
  expect(timeline.versions.map((v) => v.name)).toEqual(['a', 'b', 'again'])
  expect(versionAt(timeline.versions, 7)?.name).toBe('again')
  expect(versionAt(timeline.versions, 8)).toBeUndefined()
})
