import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Latest, Moments } from '../../src/history/moments'
import type { Key, Moment } from '../../src/history/server'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const key = (rev: number): Key => ({ rev, since: rev - 1 })
const moment = ({ rev }: Key): Moment =>
  ({ thread: 'T', title: '', rev, head: 99, at: rev, author: 0, text: `text ${rev}`, blame: { authors: [], spans: [], lines: [] } })

/** A server that needs `takes` ms for each answer and lists the requests. */
function slow(takes: number, fails: (rev: number) => boolean = () => false) {
  const asked: number[] = []
  const given: number[] = []
  const aborted: number[] = []
  const fetch = (k: Key, signal: AbortSignal): Promise<Moment> => {
    asked.push(k.rev)
    return new Promise((done, fail) => {
      signal.addEventListener('abort', () => { aborted.push(k.rev); fail(new DOMException('', 'AbortError')) })
      setTimeout(() => { given.push(k.rev); fails(k.rev) ? fail(new Error(`no ${k.rev}`)) : done(moment(k)) }, takes)
    })
  }
  return { fetch, asked, given, aborted }
}

function watched(takes: number, fails?: (rev: number) => boolean) {
  const server = slow(takes, fails)
  const seen: number[] = []
  const failed: number[] = []
  const moments = new Moments(server.fetch)
  const latest = new Latest(moments, { seen: (k) => seen.push(k.rev), failed: (k) => failed.push(k.rev) }, () => Date.now())
  return { ...server, moments, latest, seen, failed }
}

test('a kept moment is not asked for again, and two askers share a request', async () => {
  const { fetch, asked } = slow(10)
  const moments = new Moments(fetch)
  const both = Promise.all([moments.get(key(1)), moments.get(key(1))])
  await vi.advanceTimersByTimeAsync(10)
  expect((await both).map((m) => m.rev)).toEqual([1, 1])
  expect((await moments.get(key(1))).text).toBe('text 1')
  expect(asked).toEqual([1])
})

test('the last twenty moments shown are kept', async () => {
  const { fetch } = slow(0)
  const moments = new Moments(fetch)
  const get = async (rev: number): Promise<void> => {
    const got = moments.get(key(rev))
    await vi.advanceTimersByTimeAsync(0)
    await got
  }
  for (let rev = 1; rev <= 20; rev++) await get(rev)
  moments.peek(key(1))
  await get(21)
  expect([1, 2, 3, 21].map((rev) => moments.peek(key(rev)) !== undefined)).toEqual([true, false, true, true])
})

test('a slider drawn along asks for few moments and ends at the last', async () => {
  const w = watched(100)
  for (let rev = 1; rev <= 60; rev++) { // 960 ms of dragging at 60 events a second
    w.latest.want(key(rev))
    await vi.advanceTimersByTimeAsync(16)
  }
  await vi.advanceTimersByTimeAsync(1000)
  expect(w.asked.length).toBeLessThanOrEqual(11)
  expect(w.seen.at(-1)).toBe(60)
  expect(w.seen).toEqual([...w.seen].sort((a, b) => a - b))
  expect(w.latest.idle).toBe(true)
})

test('a stale request that takes long is cancelled', async () => {
  const w = watched(5000)
  w.latest.want(key(1))
  await vi.advanceTimersByTimeAsync(100)
  w.latest.want(key(2))
  await vi.advanceTimersByTimeAsync(100)
  expect(w.aborted).toEqual([])
  await vi.advanceTimersByTimeAsync(100)
  expect([w.aborted, w.asked]).toEqual([[1], [1, 2]])
  await vi.advanceTimersByTimeAsync(5000)
  expect([w.seen, w.failed]).toEqual([[2], []])
})

test('the request for the wanted moment is never cancelled, however long it takes', async () => {
  const w = watched(3000)
  w.latest.want(key(1))
  await vi.advanceTimersByTimeAsync(1000)
  w.latest.want(key(1))
  await vi.advanceTimersByTimeAsync(2000)
  expect([w.aborted, w.seen]).toEqual([[], [1]])
})

test('a kept moment shows at once, and a request in flight does not replace it', async () => {
  const w = watched(100)
  w.latest.want(key(1))
  await vi.advanceTimersByTimeAsync(100)
  w.latest.want(key(2))
  w.latest.want(key(1))
  expect(w.seen).toEqual([1, 1])
  await vi.advanceTimersByTimeAsync(500)
  expect([w.seen, w.failed]).toEqual([[1, 1], []])
})

test('a failure is reported once, for the wanted moment only, and a retry requests again', async () => {
  let broken = true
  const w = watched(50, () => broken)
  w.latest.want(key(1))
  w.latest.want(key(2))
  await vi.advanceTimersByTimeAsync(200)
  expect([w.failed, w.seen]).toEqual([[2], []])
  broken = false
  w.latest.want(key(2))
  await vi.advanceTimersByTimeAsync(50)
  expect(w.seen).toEqual([2])
})
