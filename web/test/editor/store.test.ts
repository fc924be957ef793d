import 'fake-indexeddb/auto'
import { afterEach, expect, test, vi } from 'vitest'
import { claim, type Outbox } from '../../src/editor/session/outbox'
import { openStore } from '../../src/editor/session/store'

const box = (client: string, more: Partial<Outbox> = {}): Outbox =>
  ({ thread: 'T', client, user: 'Ada', rev: 1, chain: 'c', seq: 1, pending: [[[0, 'x']]], base: null, at: 1, ...more })

afterEach(async () => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  const store = openStore()
  for (const { client } of await store.list()) await store.remove(client)
})

test('an outbox is read as it was put, with the text of its own revision only', async () => {
  const store = openStore()
  await store.put(box('A', { base: 'text at 1' }))
  await store.put(box('A', { pending: [[[0, 'x']], [1, [0, 'y']]] }))
  expect(await store.list()).toEqual([box('A', { base: 'text at 1', pending: [[[0, 'x']], [1, [0, 'y']]] })])
  await store.put(box('A', { rev: 2 }))
  expect(await store.list()).toEqual([box('A', { rev: 2 })])
  await store.put(box('B', { rev: 2 }), 'A')
  expect((await store.list()).map((b) => b.client)).toEqual(['B'])
  await store.remove('B')
  expect(await store.list()).toEqual([])
})

test('without Web Locks an outbox belongs to one page until that page releases it or is silent for long', async () => {
  vi.stubGlobal('navigator', {})
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  const one = openStore(), two = openStore()
  await one.put(box('A'))
  expect(await one.lock('A')).toBe(true)
  expect(await claim(two, () => true)).toBeNull()
  vi.advanceTimersByTime(60_000)
  expect(await two.lock('A')).toBe(false)
  one.release('A')
  await vi.waitFor(async () => expect((await claim(two, () => true))?.client).toBe('A'), 60_000)
  two.release('A')
})

test('the signature of a closed page expires', async () => {
  vi.stubGlobal('navigator', {})
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
  const one = openStore(), two = openStore()
  await one.put(box('C'))
  expect(await one.lock('C')).toBe(true)
  vi.setSystemTime(Date.now() + 300_000) // its timers did not run
  expect(await two.lock('C')).toBe(true)
  expect(await one.lock('C')).toBe(true) // it believes so, until it hears 4001
})

test('with Web Locks a page that has one keeps the others out', async () => {
  const held = new Set<string>()
  const locks = {
    async request(name: string, _: object, f: (lock: object | null) => Promise<void> | undefined) {
      if (held.has(name)) return f(null)
      held.add(name)
      await f({})
      held.delete(name)
      return undefined
    },
  }
  vi.stubGlobal('navigator', { locks })
  const one = openStore(), two = openStore()
  expect([await one.lock('A'), await one.lock('A'), await two.lock('A')]).toEqual([true, true, false])
  one.release('A')
  await new Promise((done) => setTimeout(done, 0))
  expect(await two.lock('A')).toBe(true)
})

test('the newest free outbox that matches is claimed', async () => {
  const store = openStore()
  await store.put(box('A', { at: 1 }))
  await store.put(box('B', { at: 3, user: 'Ben' }))
  await store.put(box('D', { at: 2 }))
  expect((await claim(store, (b) => b.user === 'Ada'))?.client).toBe('D')
  expect(await claim(store, (b) => b.user === 'Nobody')).toBeNull()
  store.release('D')
})
