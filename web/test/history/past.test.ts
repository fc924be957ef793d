import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Refused } from '../../src/base/api'
import { press, type Keyed } from '../../src/history/keys'
import { Past } from '../../src/history/past'
import { address, wanted } from '../../src/history/place'
import type { Moment, Server, StepRow, TimelineAnswer } from '../../src/history/server'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const authors = [{ id: 'a', name: 'Ada', kind: 'person' }]

/** A thread of `head` records in steps of ten, whose server answers after `takes` ms. */
class Fake implements Server {
  asked: string[] = []
  versions = [{ name: 'draft-1', rev: 25, by: 'Ada', at: 25_000 }]
  broken: Error | null = null
  takes = 10
  constructor(public headRev: number) {}

  private async say<T>(what: string, answer: () => T): Promise<T> {
    this.asked.push(what)
    await new Promise((done) => setTimeout(done, this.takes))
    if (this.broken) throw this.broken
    return answer()
  }

  timeline(): Promise<TimelineAnswer> {
    const steps: StepRow[] = []
    for (let from = 1; from <= this.headRev; from += 10) {
      const to = Math.min(this.headRev, from + 9)
      steps.push([from, to, 0, from * 1000, to * 1000, 10, 0])
    }
    return this.say('timeline', () => ({ thread: 'T', title: 'Minutes', head: this.headRev, opened_at: 1, authors, steps, versions: this.versions }))
  }

  private made(rev: number): Moment {
    return { thread: 'T', title: 'Minutes', rev, head: this.headRev, at: rev * 1000, author: 0, text: `${rev}`, blame: { authors, spans: [], lines: [] } }
  }

  moment(key: { rev: number; since: number }): Promise<Moment> { return this.say(`${key.since}-${key.rev}`, () => this.made(key.rev)) }

  find(at: string): Promise<Moment> {
    return this.say(`find ${at}`, () => {
      if (!at.startsWith('2026')) throw new Refused('not_found', 'no such moment', 404)
      return this.made(33)
    })
  }

  head(): Promise<number> { return this.say('head', () => this.headRev) }

  restore(user: string, at: number, rev: number): Promise<{ rev: number }> {
    return this.say(`restore ${user} ${at} ${rev}`, () => {
      if (rev !== this.headRev) throw new Refused('stale', 'the head moved', 412)
      return { rev: ++this.headRev }
    })
  }

  name(user: string, rev: number, name: string): Promise<{ rev: number; name: string }> {
    return this.say(`name ${user} ${rev} ${name}`, () => {
      this.headRev++
      this.versions.push({ name, rev, by: user, at: 0 })
      return { rev, name }
    })
  }
}

async function opened(at: string, query = '', server = new Fake(95)): Promise<{ past: Past; server: Fake }> {
  const past = new Past('T', server, () => Date.now())
  const loading = past.load(at, query)
  await vi.advanceTimersByTimeAsync(100)
  await loading
  return { past, server }
}

test.each([
  ['42', 42, '40-42'], ['95', 95, '90-95'], ['1', 1, '0-1'], ['', 95, '90-95'], ['draft-1', 25, '20-25'], ['2026-11-22T10:00:00Z', 33, '30-33'],
])('@%s is found, with what its step did until then', async (at, rev, asked) => {
  const { past, server } = await opened(at)
  expect([past.phase, past.rev, past.shown?.rev, past.behind]).toEqual(['there', rev, rev, false])
  expect(server.asked.at(-1)).toBe(asked)
})

test.each(['0', '96', 'nope', '999999999999999'])('@%s is nowhere, and the thread is known nevertheless', async (at) => {
  const { past } = await opened(at)
  expect([past.phase, past.timeline?.title]).toEqual(['nowhere', 'Minutes'])
})

test('an unknown thread is missing; an unreachable server has failed and can be retried', async () => {
  const server = new Fake(95)
  server.broken = new Refused('unavailable', '', 404)
  expect((await opened('3', '', server)).past.phase).toBe('missing')
  server.broken = new Refused('offline', '', 0)
  const { past } = await opened('3', '', server)
  expect(past.phase).toBe('failed')
  server.broken = null
  void past.load('3')
  await vi.advanceTimersByTimeAsync(100)
  expect(past.phase).toBe('there')
})

test('steps stop at the ends; an edit is a single revision with its own difference', async () => {
  const { past, server } = await opened('42')
  past.go(past.step + 1)
  await vi.advanceTimersByTimeAsync(50)
  expect([past.rev, server.asked.at(-1)]).toEqual([60, '50-60'])
  past.edit(-1)
  await vi.advanceTimersByTimeAsync(50)
  expect([past.rev, past.fine, server.asked.at(-1)]).toEqual([59, true, '58-59'])
  past.go(99)
  expect(past.rev).toBe(95)
  past.edit(1)
  expect([past.rev, past.fine]).toEqual([95, false])
  past.go(-1)
  expect([past.rev, past.step]).toEqual([10, 0])
})

test('a comparison is of the earlier with the later, whichever was marked', async () => {
  const { past, server } = await opened('42')
  past.compareWithNow()
  await vi.advanceTimersByTimeAsync(50)
  expect([past.anchor, past.rev, server.asked.at(-1)]).toEqual([42, 95, '42-95'])
  past.go(1)
  await vi.advanceTimersByTimeAsync(50)
  expect([past.rev, past.shown?.rev, server.asked.at(-1)]).toEqual([20, 42, '20-42'])
  past.compare(null)
  await vi.advanceTimersByTimeAsync(50)
  expect([past.rev, past.shown?.rev]).toEqual([20, 20])
  past.compareWithNow()
  past.compare(null)
  await vi.advanceTimersByTimeAsync(50)
  expect([past.rev, past.anchor, past.shown?.rev]).toEqual([20, null, 20])
  expect((await opened('80', '?since=12')).server.asked.at(-1)).toBe('12-80')
})

test('playing shows every step in order to the end, the next ones fetched ahead', async () => {
  const { past, server } = await opened('5')
  const seen: number[] = []
  past.onChange(() => { if (past.shown && seen.at(-1) !== past.shown.rev) seen.push(past.shown.rev) })
  server.takes = 120
  past.setSpeed(8)
  past.toggle()
  await vi.advanceTimersByTimeAsync(6000)
  expect(seen.filter((rev) => rev !== 5)).toEqual([20, 30, 40, 50, 60, 70, 80, 90, 95])
  expect(past.playing).toBe(false)
  expect(server.asked.length).toBe(new Set(server.asked).size)
})

test('moving stops playing; at the end playing starts over', async () => {
  const { past } = await opened('95')
  past.toggle()
  expect([past.playing, past.step]).toEqual([true, 0])
  past.go(4)
  expect(past.playing).toBe(false)
})

test('a moment that cannot be fetched leaves the last one there, with a notice until it can', async () => {
  const { past, server } = await opened('42')
  server.broken = new Refused('offline', '', 0)
  past.go(7)
  await vi.advanceTimersByTimeAsync(50)
  expect([past.lost, past.shown?.rev, past.rev, past.behind]).toEqual(['offline', 42, 80, true])
  server.broken = null
  past.again()
  await vi.advanceTimersByTimeAsync(50)
  expect([past.lost, past.shown?.rev, past.behind]).toEqual([null, 80, false])
})

test('an overtaken restore is refused and says by how many edits; a second one succeeds', async () => {
  const { past, server } = await opened('42')
  server.headRev = 98
  const first = past.restore('Ben').catch((e: unknown) => e)
  await vi.advanceTimersByTimeAsync(50)
  expect([(await first) instanceof Refused, past.newer]).toEqual([true, 3])
  const second = past.restore('Ben')
  await vi.advanceTimersByTimeAsync(50)
  expect(await second).toBe(99)
})

test('a named version is in the list, and the position stays', async () => {
  const { past } = await opened('42')
  const naming = past.name('Ben', 'draft-2')
  await vi.advanceTimersByTimeAsync(50)
  await naming
  expect([past.rev, past.head, past.timeline?.versions.map((v) => v.name)]).toEqual([42, 96, ['draft-1', 'draft-2']])
})

test('keys move by steps, and leave the keys of the text alone', async () => {
  const { past } = await opened('42')
  let reading = false
  let walked = 0
  const page: Keyed = { past, find: () => {}, change: (by) => { walked += by }, help: () => {}, reading: () => reading }
  const hit = (key: string, shiftKey = false, ctrlKey = false): boolean => press({ key, shiftKey, ctrlKey, metaKey: false, altKey: false }, page)
  expect([hit('ArrowRight'), past.rev, hit('ArrowLeft', true), past.rev]).toEqual([true, 60, true, 59])
  expect([hit('End'), past.rev, hit('Home'), past.rev]).toEqual([true, 95, true, 10])
  reading = true
  expect([hit('End'), hit(' '), past.rev, past.playing]).toEqual([false, false, 10, false])
  expect([hit('n'), hit('n'), hit('p'), walked]).toEqual([true, true, true, 1])
  expect([hit('c'), past.anchor, hit('c'), past.anchor]).toEqual([true, 10, true, null])
  expect([hit('x'), hit('c', false, true), hit('f', false, true)]).toEqual([false, false, true])
})

test('an address names the moment and its comparison', () => {
  expect(address('T', 12, null)).toBe('/t/T@12')
  expect(address('T', 12, 3)).toBe('/t/T@12?since=3')
  expect(wanted('12', '?since=3')).toEqual({ rev: 12, at: '12', since: 3 })
  expect(wanted('draft 1', '?since=x')).toEqual({ rev: null, at: 'draft 1', since: null })
})
