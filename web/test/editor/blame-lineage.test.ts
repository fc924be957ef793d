import { expect, test, vi } from 'vitest'
import { Palette } from '../../src/base/authors'
import type { LineRef } from '../../src/editor/blame/asked-line'
import { extended, lineage, renewed, shortened, type HistoryAnswer, type Lineage } from '../../src/editor/blame/lineage-answer'
import { Feed, type Ask } from '../../src/editor/blame/lineage-feed'

const entry = (from: number, to = from, kinds = ['edited']) =>
  ({ from, to, start: from, end: to, author: 0, kinds, parts: [[`to ${to}`, 1]] as [string, 1][] })
const page = (rev: number, next: number | null, ...entries: ReturnType<typeof entry>[]): HistoryAnswer =>
  ({ line: 'L', rev, authors: [{ id: 'a', name: 'A', kind: 'person' }], entries, next })
const spans = (l: Lineage): [number, number][] => l.entries.map((e) => [e.from, e.to])

test('a newer first page keeps the older ones that follow it, and nothing twice', () => {
  const known = extended(lineage(page(20, 10, entry(18, 20), entry(10, 12))), lineage(page(20, null, entry(3, 5, ['born']))))
  expect(spans(known)).toEqual([[18, 20], [10, 12], [3, 5]])
  // The newest entry has grown, and another was written.
  const now = renewed(known, lineage(page(25, 10, entry(24, 25), entry(18, 22))))
  expect(spans(now)).toEqual([[24, 25], [18, 22], [10, 12], [3, 5]])
  expect(now.next).toBeNull()
})

test('a first page that does not reach the known entries replaces them instead of leaving a gap', () => {
  const known = lineage(page(20, null, entry(18, 20), entry(3, 5, ['born'])))
  const now = renewed(known, lineage(page(90, 70, entry(80, 90), entry(70, 75))))
  expect(spans(now)).toEqual([[80, 90], [70, 75]])
  expect(now.next).toBe(70)
})

test('kept text is cut to its ends beside the changes, never through a surrogate pair', () => {
  const long = '😀'.repeat(100)
  const cut = shortened([[long, 0], ['new', 1], [long, 0], ['old', -1], [long, 0]])
  expect(cut.map(([, what]) => what)).toEqual([0, 1, 0, -1, 0])
  for (const [text] of cut) {
    expect(text.isWellFormed()).toBe(true)
    expect(text.length).toBeLessThan(100)
  }
  expect(cut[0]![0].startsWith('…')).toBe(true)
  expect(cut[2]![0]).toContain('…')
  expect(cut[4]![0].endsWith('…')).toBe(true)
  expect(shortened([[long, 0]])).toEqual([[long, 0]])
})

/** A stage is a server and a session that the test moves by hand. */
function stage(logged: { rev: number; line: number } | null = { rev: 9, line: 4 }) {
  const heard = new Set<() => void>()
  const session = { thread: 'T', ahead: 0, rev: 9, link: 'up' as 'up' | 'down', onChange: (f: () => void) => { heard.add(f); return () => heard.delete(f) } }
  const asked: string[] = []
  const at: { logged: { rev: number; line: number } | null; history: HistoryAnswer; fails: boolean } = { logged, history: page(9, null, entry(9)), fails: false }
  const ask: Ask = async <T>(path: string) => {
    asked.push(path)
    if (at.fails) throw new Error('offline')
    return (path.includes('/history') ? at.history : { rev: 9, total: 9, authors: [], lines: [[9, 0, 0, false, '7-1']] }) as T
  }
  const line: LineRef = { key: 1, keys: false, palette: new Palette(), now: () => 4, logged: () => at.logged, over: () => {} }
  const change = (): void => { for (const f of heard) f() }
  return { session, asked, at, change, feed: new Feed(session, line, ask, () => {}) }
}
const soon = (ms = 0): Promise<void> => new Promise((r) => setTimeout(r, ms))
const LONG = 60_000 // ms

test('the history of a pending line comes once the line is in the log', async () => {
  const d = stage()
  await soon()
  expect(d.asked[0]).toBe('/api/threads/T/lines?at=9&from=4&to=5')
  expect(d.feed.state).toBe('shown')
  d.feed.stop()

  const w = stage(null)
  await soon()
  expect([w.feed.state, w.asked]).toEqual(['waiting', []])
  w.at.logged = { rev: 10, line: 5 }
  w.session.rev = 10
  w.change()
  await vi.waitFor(() => expect(w.feed.state).toBe('shown'), LONG)
  expect(w.asked[0]).toBe('/api/threads/T/lines?at=10&from=5&to=6')
  w.feed.stop()
})

test('a history follows the log, and one that failed is requested again when the connection is back', async () => {
  const d = stage()
  await soon()
  d.at.history = page(12, null, entry(12), entry(9))
  d.session.rev = 12
  d.change()
  d.change()
  await vi.waitFor(() => expect(d.feed.known?.entries.length).toBe(2), LONG)
  expect(d.asked.filter((p) => p.includes('/history')).length).toBe(2)
  d.feed.stop()

  const f = stage()
  f.at.fails = true
  f.session.link = 'down'
  await soon()
  f.at.fails = false
  f.session.link = 'up'
  f.change()
  await vi.waitFor(() => expect(f.feed.state).toBe('shown'), LONG)
  f.feed.stop()
})
