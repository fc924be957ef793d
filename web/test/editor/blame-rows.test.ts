import { ChangeSet, EditorState, Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import { labelAt } from '../../src/editor/blame/run'
import { blameState } from '../../src/editor/blame/state'
import { nobody, Rows, type Row } from '../../src/editor/blame/rows'
import { blameGiven, entryTaken, type Entry } from '../../src/editor/session/entry'
import { random, seedFor } from '../random'

const told = (e: Partial<Entry> & Pick<Entry, 'rev' | 'at' | 'user' | 'author' | 'own'>) => entryTaken.of({ client: null, seq: 0, kind: null, changes: ChangeSet.empty(0), ...e })
const row = (rev: number, author = 'a', more: Partial<Row> = {}): Row => ({ ...nobody, author: { id: author, name: author, kind: 'person' }, rev, at: rev, ...more })

test('rows spliced at random are an array spliced so', () => {
  const seed = seedFor('blame-rows')
  const { below, chance } = random(seed)
  let plain: Row[] = Array.from({ length: 700 }, (_, i) => row(i + 1))
  let rows = Rows.of(plain)
  const said: string[] = []
  for (let i = 0; i < 1500; i++) {
    const from = below(plain.length + 1)
    const to = Math.min(plain.length, from + (chance(0.1) ? below(500) : below(3)))
    const put = Array.from({ length: chance(0.1) ? below(600) : below(3) }, (_, n) => row(10_000 + i * 1000 + n, 'b', { serial: chance(0.2) ? i + 1 : 0, doubt: chance(0.1) }))
    said.push(`${from},${to},${put.length}`)
    const where = `SEED=${seed} ${said.join(' ')}`
    rows = rows.splice(from, to, put)
    plain = [...plain.slice(0, from), ...put, ...plain.slice(to)]
    expect(rows.length, where).toBe(plain.length)
    if (i % 20) continue
    expect(rows.slice(0, rows.length), where).toEqual(plain)
    const [a, b] = [below(plain.length + 1), below(plain.length + 1)]
    expect(rows.doubtful(a, b), where).toBe(plain.slice(a, b).some((r) => r.doubt))
    const by = row(1, 'c').author
    rows = rows.settle(i / 2, by, 7, 8)
    plain = plain.map((r) => (r.serial && r.serial <= i / 2 ? { ...r, serial: 0, author: by, rev: 7, at: 8 } : r))
    expect(rows.slice(0, rows.length), where).toEqual(plain)
  }
})

const LINES = 20_000

function long(): EditorState {
  const text = Text.of(Array.from({ length: LINES }, (_, i) => `line ${i} of a long text`))
  const state = EditorState.create({ extensions: [blameState] })
  const blame = { authors: [{ id: 'x', name: 'X', kind: 'person' }], spans: [], lines: Array.from({ length: LINES }, (): [number, number, number, boolean] => [2, 0, 0, false]) }
  return state.update({ changes: { from: 0, insert: text }, effects: blameGiven.of({ rev: 2, text: Text.empty, blame }) }).state
}

test('the rows of 20,000 lines stay those of the text while somebody types', () => {
  let state = long()
  const bare = EditorState.create({ doc: state.doc })
  const { below } = random(1)
  const time = (s: EditorState, f: (s: EditorState) => void): number => {
    const start = performance.now()
    for (let i = 0; i < 2000; i++) {
      const at = s.doc.line(1 + below(LINES)).to
      s = s.update({ changes: { from: at, insert: i % 20 ? 'a' : '\n' } }).state
      // A second's typing is under way when the first of it comes back.
      if (i >= 5) s = s.update({ effects: told({ rev: i, at: i, user: 'Y', author: 'y', own: true, seq: i }) }).state
      f(s)
    }
    return (performance.now() - start) / 2000
  }
  time(state, () => {}) // warm
  const plain = time(bare, () => {})
  const with_ = time(state, (s) => { state = s })
  console.log(`a keystroke: ${with_.toFixed(4)} ms with blame, ${plain.toFixed(4)} ms without`)
  expect(state.field(blameState).rows.length).toBe(state.doc.lines)
})

test('finished lines are those of the entry, until they change', () => {
  let state = EditorState.create({ extensions: [blameState] })
  const blame = { authors: [{ id: 'x', name: 'X', kind: 'person' }], spans: [], lines: [1, 2, 3].map((r): [number, number, number, boolean] => [r, 0, 0, false]) }
  state = state.update({ changes: { from: 0, insert: 'a\nb\nc' }, effects: blameGiven.of({ rev: 3, text: Text.empty, blame }) }).state
  state = state.update({ effects: told({ rev: 4, at: 4, user: 'Y', author: 'y', own: false, kind: 'submitted', lines: [1, 2] }) }).state
  const ticks = (s: EditorState) => s.field(blameState).rows.slice(0, 3).map((r) => r.submitted)
  expect(ticks(state)).toEqual([false, true, true])
  expect(state.field(blameState).rows.at(1).rev).toBe(2)
  state = state.update({ changes: { from: 5, insert: '!' }, effects: told({ rev: 5, at: 5, user: 'Y', author: 'y', own: false }) }).state
  expect(ticks(state)).toEqual([false, true, false])
  // With an own edit on top, the lines of the log may be others here.
  state = state.update({ changes: { from: 0, insert: 'mine\n' } }).state
  state = state.update({ effects: told({ rev: 6, at: 6, user: 'Y', author: 'y', own: false, kind: 'submitted', lines: [0, 0] }) }).state
  expect(state.field(blameState).rows.at(1)).toMatchObject({ rev: 1, submitted: false, doubt: true })
})

test('a line finished under an own edit stays finished when that was elsewhere', () => {
  let state = EditorState.create({ extensions: [blameState] })
  const blame = { authors: [{ id: 'x', name: 'X', kind: 'person' }], spans: [], lines: [1, 2].map((r): [number, number, number, boolean] => [r, 0, 0, true]) }
  state = state.update({ changes: { from: 0, insert: 'a\nb' }, effects: blameGiven.of({ rev: 3, text: Text.empty, blame }) }).state
  state = state.update({ changes: { from: 3, insert: '\n' } }).state // Enter after b
  expect(state.field(blameState).rows.slice(0, 3).map((r) => [r.submitted, r.serial])).toEqual([[true, 0], [true, 0], [false, 1]])
})

test('the first change of a thread begins its line even when it is empty', () => {
  let state = EditorState.create({ extensions: [blameState] })
  state = state.update({ effects: blameGiven.of({ rev: 1, text: Text.empty, blame: { authors: [], spans: [], lines: [] } }) }).state
  expect(state.field(blameState).rows.at(0)).toBe(nobody)
  state = state.update({ effects: told({ rev: 2, at: 9, user: 'Y', author: 'y', own: false }) }).state
  expect(state.field(blameState).rows.at(0)).toMatchObject({ rev: 2, author: { name: 'Y' } })
})

test('a run has one label, with its newest time, and says its name again when it is long', () => {
  const rows = Rows.of([row(3), row(9), row(4), row(5, 'b'), ...Array.from({ length: 60 }, (_, i) => row(100 + i))])
  const labels = Array.from({ length: rows.length }, (_, i) => [i, labelAt(rows, i)?.at]).filter(([, at]) => at !== undefined)
  expect(labels).toEqual([[0, 9], [3, 5], [4, 119], [24, 143], [48, 159]])
  expect(labelAt(Rows.of([nobody]), 0)).toBeNull()
})
