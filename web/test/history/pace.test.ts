import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pace, Playback, type Course } from '../../src/history/pace'
import type { Step } from '../../src/history/timeline'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const step = (end: number): Step => ({ from: 1, to: 1, author: 0, start: end, end, inserted: 1, deleted: 0 })

test('a step takes as long as writing it did, within bounds, divided by the speed', () => {
  expect(pace(step(0), step(800), 1)).toBe(800)
  expect(pace(step(0), step(800), 4)).toBe(200)
  expect(pace(step(0), step(3_600_000), 1)).toBe(1600)
  expect(pace(step(0), step(3_600_000), 8)).toBe(200)
  expect(pace(step(0), step(0), 2)).toBe(100)
})

/** A course of `count` steps, each shown for 100 ms, which need `takes` ms to fetch. */
function course(count: number, takes: () => number) {
  const shown: number[] = []
  let at = 0
  const c: Course & { shown: number[]; over: number } = {
    shown, over: 0,
    wait: () => (at < count - 1 ? 100 : null),
    next: () => new Promise((done, fail) => {
      at++
      const ms = takes()
      if (ms < 0) fail(new Error('lost'))
      else if (ms === 0) { shown.push(Date.now()); done() }
      else setTimeout(() => { shown.push(Date.now()); done() }, ms)
    }),
    ended: () => { c.over++ },
  }
  return c
}

test('playing goes to the end and says so', async () => {
  const c = course(4, () => 0)
  const start = Date.now()
  const playback = new Playback(c, () => Date.now())
  playback.start()
  await vi.advanceTimersByTimeAsync(1000)
  expect(c.shown.map((t) => t - start)).toEqual([100, 200, 300])
  expect([c.over, playback.playing]).toEqual([1, false])
})

test('time spent on the network counts towards the wait', async () => {
  const c = course(5, () => 60)
  const start = Date.now()
  new Playback(c, () => Date.now()).start()
  await vi.advanceTimersByTimeAsync(2000)
  expect(c.shown.map((t) => t - start)).toEqual([160, 260, 360, 460])
})

test('a late step does not make the next ones rush', async () => {
  let n = 0
  const c = course(8, () => (n++ === 0 ? 5000 : 0))
  new Playback(c, () => Date.now()).start()
  await vi.advanceTimersByTimeAsync(8000)
  const gaps = c.shown.slice(1).map((t, i) => t - c.shown[i]!)
  expect(gaps.filter((g) => g < 90).length).toBeLessThanOrEqual(1)
  expect(c.shown).toHaveLength(7)
})

test('after stopping nothing follows, whatever was in flight', async () => {
  const c = course(9, () => 50)
  const playback = new Playback(c, () => Date.now())
  playback.start()
  await vi.advanceTimersByTimeAsync(120) // the first is being fetched
  playback.stop()
  await vi.advanceTimersByTimeAsync(2000)
  expect([c.shown.length, c.over]).toEqual([1, 0])
  playback.start()
  playback.start()
  await vi.advanceTimersByTimeAsync(160)
  expect(c.shown).toHaveLength(2)
})

test('a step that cannot be fetched ends playing', async () => {
  const c = course(9, () => -1)
  const playback = new Playback(c, () => Date.now())
  playback.start()
  await vi.advanceTimersByTimeAsync(2000)
  expect([c.over, playback.playing]).toEqual([1, false])
})
