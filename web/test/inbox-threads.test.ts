import { expect, test } from 'vitest'
import type { Listener } from '../src/base/socket'
import { Threads } from '../src/inbox/threads'

/** A server with `total` threads, number 0 the newest; the list has 200. */
function world(total: number): { threads: Threads; listener: Listener; sent: string[]; asked: string[]; list(first?: number): string; fail: { on: boolean } } {
  const sent: string[] = []
  const asked: string[] = []
  const fail = { on: false }
  let listener!: Listener
  const row = (n: number): object => ({ id: `T${n}`, title: `thread ${n}`, updated_at: 10_000 - n, here: n === 0 ? ['Ben'] : [], rev: 1 })
  const threads = new Threads({
    socket: (h) => {
      listener = h
      return { live: () => {}, now: () => {}, send: (frame) => { sent.push(frame); return true } }
    },
    page: (cursor, limit) => {
      asked.push(cursor)
      const offset = cursor === '' ? 0 : Number(cursor.slice(1))
      if (fail.on) return Promise.reject(new Error('offline'))
      const end = Math.min(offset + limit, total)
      return Promise.resolve({ threads: Array.from({ length: Math.max(0, end - offset) }, (_, i) => row(offset + i)), total, next: null, cursor: end < total ? `C${end}` : null })
    },
  })
  const list = (first = 0): string =>
    JSON.stringify({ type: 'list', total, threads: Array.from({ length: Math.min(200, total - first) }, (_, i) => row(first + i)) })
  return { threads, listener, sent, asked, list, fail }
}

test('a connection asks for the counts and the list, and shows both', () => {
  const w = world(3)
  let drawn = 0
  w.threads.onChange(() => drawn++)
  w.listener.up()
  expect(w.sent).toEqual(['{"type":"status"}', '{"type":"list"}'])
  w.listener.text('{"type":"status","connections":4,"threads":3}')
  w.listener.text(w.list())
  expect([w.threads.link, w.threads.connections, w.threads.rows.size, w.threads.missing]).toEqual(['up', 4, 3, 0])
  expect(drawn).toBe(3)
})

test('frames of other types change nothing', () => {
  const w = world(3)
  w.listener.up()
  w.listener.text(w.list())
  const before = JSON.stringify([...w.threads.rows])
  let drawn = 0
  w.threads.onChange(() => drawn++)
  for (const frame of ['', 'HB', 'null', '7', '{"type":"later"}']) w.listener.text(frame)
  expect(drawn).toBe(0)
  w.listener.text('{"type":"list","threads":7}')
  expect(JSON.stringify([...w.threads.rows])).toBe(before)
})

test('offline, nobody is shown as present', () => {
  const w = world(3)
  w.listener.up()
  w.listener.text(w.list())
  expect(w.threads.rows.get('T0')?.here).toEqual(['Ben'])
  w.listener.down(500)
  expect(w.threads.rows.get('T0')?.here).toEqual([])
  expect(w.threads.connections).toBeNull()
  expect(w.threads.rows.size).toBe(3)
})

test('older threads are fetched page by page, each once, and stay when the list moves on', async () => {
  const w = world(2500)
  w.listener.up()
  w.listener.text(w.list())
  expect(w.threads.missing).toBe(2300)
  await w.threads.all(() => true)
  expect(w.asked).toEqual(['', 'C1000', 'C2000'])
  expect([w.threads.older, w.threads.missing]).toEqual(['all', 0])
  await w.threads.all(() => true)
  expect(w.asked).toEqual(['', 'C1000', 'C2000'])
  w.listener.text(w.list(300))
  expect(w.threads.rows.size).toBe(2500)
  expect(w.threads.rows.get('T0')?.here).toEqual([])
})

test('a cancelled search stops after its page, and a later one continues there', async () => {
  const w = world(2500)
  w.listener.up()
  w.listener.text(w.list())
  await w.threads.all(() => false)
  expect([w.asked, w.threads.older]).toEqual([[''], 'unasked'])
  w.fail.on = true
  await w.threads.all(() => true)
  expect(w.threads.older).toBe('failed')
  w.fail.on = false
  await w.threads.all(() => true)
  expect(w.asked).toEqual(['', 'C1000', 'C1000', 'C2000'])
  expect(w.threads.missing).toBe(0)
})

test('after a reconnect the older threads are fetched again', async () => {
  const w = world(2500)
  w.listener.up()
  w.listener.text(w.list())
  await w.threads.all(() => true)
  w.listener.down(500)
  w.listener.up()
  w.listener.text(w.list())
  expect(w.threads.older).toBe('unasked')
  await w.threads.all(() => true)
  expect(w.asked).toEqual(['', 'C1000', 'C2000', '', 'C1000', 'C2000'])
})
