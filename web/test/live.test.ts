import { expect, test } from 'vitest'
import type { Listener } from '../src/base/socket'
import { frameOf } from '../src/live/frame'
import { ceiling, Ring, SLOT, SLOTS } from '../src/live/ring'
import { Watch } from '../src/live/watch'
import { random, seedFor } from './random'

const counts = (edits: number): { edits: number; deliveries: number; pushes: number } => ({ edits, deliveries: 2 * edits, pushes: 0 })

test('a steady stream reads as its rate, however its frames jitter', () => {
  const seed = seedFor('live')
  const r = random(seed)
  const ring = new Ring()
  // 40 edits a second, reported at times that are up to 20 ms off.
  let told = 0
  for (let i = 1; i <= 2 * SLOTS; i++) {
    const at = i * SLOT + r.below(41) - 20
    const done = Math.floor((at * 40) / 1000)
    ring.add(at, counts(done - told))
    told = done
  }
  const say = `seed ${seed}`
  expect(ring.lately('edits', 2000), say).toBeGreaterThan(37)
  expect(ring.lately('edits', 2000), say).toBeLessThan(43)
  expect(ring.lately('deliveries', 60_000), say).toBeCloseTo(80, 0)
})

test('a late frame is spread over its time; a pause stays unknown, not zero', () => {
  const ring = new Ring()
  ring.add(0, counts(1))
  ring.add(200, counts(8)) // 4 slots
  expect([1, 2, 3, 4].map((n) => ring.of('edits', n))).toEqual([2, 2, 2, 2])
  ring.add(10_200, counts(5)) // 200 slots
  expect(ring.next).toBe(205)
  expect(ring.of('edits', 100)).toBeNaN()
  expect(ring.of('edits', 204)).toBe(5)
  expect(ring.rate('edits', 10, 200)).toBeNaN()
  expect(ring.lately('edits', 1000)).toBe(100) // of the one slot that is known
})

test('a pause of more than a minute, or a clock set back, leaves a ring that works', () => {
  const ring = new Ring()
  ring.add(0, counts(1))
  ring.add(3_600_000, counts(2))
  expect(ring.next).toBe(1 + SLOTS)
  expect(ring.of('edits', ring.next - 1)).toBe(2)
  expect(ring.of('edits', ring.next - 2)).toBeNaN()
  ring.add(1000, counts(3))
  expect(ring.of('edits', ring.next - 1)).toBe(3)
  expect(ring.of('edits', ring.next - 2)).toBe(2)
})

test('the ring keeps a minute and forgets what is older', () => {
  const ring = new Ring()
  for (let i = 0; i < SLOTS + 10; i++) ring.add(i * SLOT, counts(i))
  expect(ring.of('edits', 9)).toBeNaN()
  expect(ring.of('edits', 10)).toBe(10)
  expect(ring.of('edits', SLOTS + 9)).toBe(SLOTS + 9)
  expect(ring.of('edits', SLOTS + 10)).toBeNaN()
})

test('bars move left and keep their height', () => {
  const ring = new Ring()
  for (let i = 0; i < 100; i++) ring.add(i * SLOT, counts(i % 7))
  const before = ring.bars('edits', 4, 20)
  for (let i = 100; i < 104; i++) ring.add(i * SLOT, counts(i % 7))
  const after = ring.bars('edits', 4, 20)
  expect(after.slice(0, 19)).toEqual(before.slice(1))
  ring.add(104 * SLOT, counts(1000)) // a bar is shown when it is whole
  expect(ring.bars('edits', 4, 20)).toEqual(after)
  // The sum over bars is the sum over slots: no edit is drawn twice or not at all.
  const sum = Array.from({ length: 80 }, (_, i) => ring.of('edits', 24 + i)).reduce((a, b) => a + b)
  expect(after.reduce((a, b) => a + b) * 4 * (SLOT / 1000)).toBeCloseTo(sum, 6)
})

test('the highest second is found, the unknown is not the highest', () => {
  const ring = new Ring()
  for (let i = 0; i < 60; i++) ring.add(i * SLOT, counts(i >= 20 && i < 40 ? 2 : 1))
  expect(ring.highest('edits', 0, 60)).toBe(40)
  expect(ring.highest('edits', 100, 140)).toBeNaN()
})

test('the scale is a round number above every bar', () => {
  expect([0, 9, 10, 11, 20, 21, 51, 81, 100, 101, 4999].map(ceiling)).toEqual([10, 10, 10, 15, 20, 30, 60, 100, 100, 150, 5000])
  expect(ceiling(NaN)).toBe(10)
})

const frame = (at: number, more = {}): string => JSON.stringify({ type: 'activity', at, connections: 3, threads: 2, edits: 5, deliveries: 9, pushes: 4, ...more })
const detail = { ack: { p50: 0.8, p99: 3.25, n: 50 }, busiest: [{ id: 'T', title: 'Minutes', edits: 40, connections: 2 }], people: [{ user: '소라', edits: 40 }] }

test('a frame is read as sent, and anything else is refused', () => {
  expect(frameOf(JSON.parse(frame(7, detail)))).toEqual({ at: 7, connections: 3, threads: 2, edits: 5, deliveries: 9, pushes: 4, detail })
  expect(frameOf(JSON.parse(frame(7)))?.detail).toBeNull()
  expect(frameOf({ type: 'activity', at: 7, edits: -1, connections: 'x' })).toMatchObject({ edits: 0, connections: 0 })
  for (const bad of [null, [], 5, { type: 'status', at: 1 }, { type: 'activity' }, { type: 'activity', at: '7' }]) expect(frameOf(bad)).toBeNull()
})

function watched(): { watch: Watch; listener: Listener; sent: string[] } {
  const sent: string[] = []
  let listener!: Listener
  const watch = new Watch((h) => {
    listener = h
    return { live: () => {}, now: () => {}, send: (f) => { sent.push(f); return true } }
  })
  return { watch, listener, sent }
}
const on = '{"type":"activity"}'
const off = '{"type":"activity","on":false}'

test('a hidden page requests nothing, and requests again when it is visible', () => {
  const { watch, listener, sent } = watched()
  listener.up()
  watch.show(true)
  watch.show(false)
  watch.show(false)
  watch.show(true)
  expect(sent).toEqual([on, off, on])
  watch.show(false)
  listener.down(1)
  listener.up()
  expect(sent).toEqual([on, off, on, off])
})

test('twenty frames a second are drawn, four are read', () => {
  const { watch, listener } = watched()
  let [told, drawn] = [0, 0]
  listener.up()
  watch.onChange(() => told++)
  watch.onFrame(() => drawn++)
  for (let i = 0; i < 20; i++) listener.text(frame(i * SLOT))
  expect([told, drawn]).toEqual([4, 20])
  listener.text(frame(20 * SLOT, detail))
  expect(told).toBe(5)
  expect(watch.detail).toEqual(detail)
  expect(watch.ring.lately('edits', 1000)).toBe(100)
})

test('offline all figures are unknown, and a refusal is shown', () => {
  const { watch, listener } = watched()
  listener.up()
  listener.text(frame(0, detail))
  listener.down(1)
  expect([watch.connections, watch.threads, watch.detail]).toEqual([null, null, null])
  listener.up()
  listener.text('{"type":"error","code":"unknown_type","text":"no such type","re":"activity"}')
  expect(watch.trouble).toEqual({ code: 'unknown_type', text: 'no such type' })
  for (const junk of ['', 'null', '[]', '{"type":"status","connections":1}']) listener.text(junk)
  listener.text(frame(50))
  expect(watch.trouble).toBeNull()
})
