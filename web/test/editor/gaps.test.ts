// The marks of deleted lines: which lines, where, by whom; the same however they were
// deleted.

import { ChangeSet, EditorState, Text, type ChangeSpec } from '@codemirror/state'
import { expect, test } from 'vitest'
import { gaps, gapsAt, gapsGiven, gapsOf, shortened, type Gap } from '../../src/editor/blame/gaps'
import { lost } from '../../src/editor/blame/lost'
import { blameState, whoami } from '../../src/editor/blame/state'
import { HeadlessHost } from '../../src/editor/session/host'
import { Peer } from '../../src/editor/session/peer'
import { random, rounds, seedFor } from '../random'

const text = (s: string): Text => Text.of(s.split('\n'))

/** A Reader has a text open, and takes in what others do. */
class Reader {
  readonly peer = new Peer('me', () => false)
  readonly host = new HeadlessHost(EditorState.create({ extensions: [this.peer.extension, blameState, gaps, whoami.of(() => ({ id: 'me', name: 'Me', kind: 'person' }))] }))

  constructor(start: string) {
    this.peer.host = this.host
    this.peer.reload({ rev: 2, chain: '', text: text(start), blame: { authors: [], spans: [], lines: [] } }, [])
  }

  readonly said: ChangeSet[] = []

  does(author: string, ...changes: ChangeSpec[]): void {
    for (const c of changes) {
      this.said.push(ChangeSet.of(c, this.peer.base.length))
      this.peer.take([{ rev: this.peer.rev + 1, at: this.peer.rev * 10, user: author, author: author.toLowerCase(), client: 'c', seq: this.peer.rev, kind: null, changes: this.said.at(-1)! }], '')
    }
  }

  get doc(): string { return this.host.state.doc.toString() }
  get gaps(): readonly Gap[] { return gapsOf(this.host.state) }
  /** shown is the text with a row for each mark. */
  get shown(): string[] {
    const { doc } = this.host.state
    const rows: string[] = []
    const mark = (g: Gap): number => rows.push(`${g.author.name} -${g.lines} ${g.text.replaceAll('\n', '/')}`)
    for (let n = 1; n <= doc.lines; n++) {
      const line = doc.line(n)
      const { above, below } = gapsAt(this.gaps, line.from, line.to)
      above.forEach(mark)
      rows.push(line.text)
      below.forEach(mark)
    }
    return rows
  }
}

test.each<[string, string, unknown, [number, number, string][]]>([
  ['a line with its break', 'one\ntwo\nthree', [4, [4], 5], [[4, 1, 'two']]],
  ['a break and the line after it', 'one\ntwo\nthree', [3, [4], 6], [[3, 1, 'two']]],
  ['the last line', 'one\ntwo', [3, [4]], [[3, 1, 'two']]],
  ['two lines', 'one\ntwo\nthree', [[8], 5], [[0, 2, 'one\ntwo']]],
  ['two parts of lines', 'one\ntwo\nthree', [1, [4], 8], []],
  ['two parts of lines and the line between', 'one\ntwo\nthree', [1, [8], 4], [[1, 1, 'two']]],
  ['a blank line', 'one\n\nthree', [4, [1], 5], []],
  ['a blank line and another', 'one\n\ntwo\nthree', [4, [5], 5], [[4, 2, '\ntwo']]],
  ['a line\'s text and not its break', 'one\ntwo', [4, [3]], []],
  ['two lines, for which one is written', 'one\ntwo\nthree', [4, [9, 'x']], [[4, 1, 'two']]],
  ['a line that is written again', 'one\ntwo\nthree', [4, [4, 'two', ''], 5], []],
  ['a line that is written again behind the one before', 'one\ntwo\nthree', [3, [0, '', 'two'], 1, [4], 5], []],
  ['lines at two places', 'one\ntwo\nthree\nfour', [[4], 4, [6], 4], [[0, 1, 'one'], [4, 1, 'three']]],
])('lines lost by deleting %s', (_, before, json, wanted) => {
  expect(lost(ChangeSet.fromJSON(json), text(before)).map((l) => [l.from, l.lines, l.text])).toEqual(wanted)
})

test('a mark says which lines and by whom, where they stood, whatever is typed beside it', () => {
  const r = new Reader('one\ntwo\nthree')
  r.does('Ben', { from: 3, to: 7 })
  expect(r.shown).toEqual(['one', 'Ben -1 two', 'three'])
  expect(r.gaps).toMatchObject([{ at: 20, author: { id: 'ben' } }])
  r.does('Ada', { from: 4, insert: 'x' }, { from: 4, to: 5 }, { from: 3, insert: '!' }, { from: 0, insert: 'zero\n' })
  expect(r.shown).toEqual(['zero', 'one!', 'Ben -1 two', 'three'])
  r.does('Ada', { from: 5, to: 10 })
  expect(r.shown).toEqual(['zero', 'Ada -2 one/two', 'three']) // one place, and the last who deleted there
})

test('the last line is marked below the one that is last now, also an empty one', () => {
  const r = new Reader('one\n\nthree')
  r.does('Ben', { from: 4, to: 10 })
  expect(r.shown).toEqual(['one', '', 'Ben -1 three'])
  r.does('Ada', { from: 4, insert: 'two' })
  expect(r.shown).toEqual(['one', 'two', 'Ben -1 three'])
  const other = new Reader('one\ntwo')
  other.does('Ben', { from: 3, to: 7 }, { from: 3, insert: '\nnew' })
  expect(other.shown).toEqual(['one', 'Ben -1 two', 'new'])
})

test('a line that moves leaves no mark; one that comes back takes it away', () => {
  const r = new Reader('one\ntwo\nthree')
  r.does('Ben', [{ from: 0, to: 4 }, { from: 13, insert: '\none' }])
  expect(r.shown).toEqual(['two', 'three', 'one'])
  r.does('Ben', { from: 0, to: 4 })
  expect(r.shown).toEqual(['Ben -1 two', 'three', 'one'])
  r.does('Ben', { from: 0, insert: 'two\n' })
  expect(r.shown).toEqual(['two', 'three', 'one'])
})

test('what was written since and deleted again leaves no mark', () => {
  const r = new Reader('one\ntwo')
  r.does('Ben', { from: 3, insert: '\nnew' }, { from: 3, to: 7 })
  expect(r.shown).toEqual(['one', 'two'])
})

test('the server\'s marks and those of since are one where they meet', () => {
  const r = new Reader('one\ntwo\nthree')
  r.does('Ben', { from: 0, to: 4 })
  const said = (pos: number, text: string, below = false, lines = 1): Gap => ({ pos, below, lines, author: { id: 'a', name: 'Ada', kind: 'person' }, at: 1, text })
  r.host.edit({ effects: gapsGiven.of({ gaps: [said(0, 'one'), said(4, 'thr'), said(9, 'four/…', true, 3)], text: r.host.state.doc, since: ChangeSet.empty(9) }) })
  expect(r.shown).toEqual(['Ben -1 one', 'two', 'three', 'Ada -3 four/…//']) // "thr" stands there
  r.does('Ben', { from: 0, to: 4 })
  expect(r.shown).toEqual(['Ben -2 one/two', 'three', 'Ada -3 four/…//'])
  r.does('Ben', { from: 0, insert: 'one\ntwo\n' })
  expect(r.shown).toEqual(['one', 'two', 'three', 'Ada -3 four/…//'])
})

test('the answer counts from the text that it is about', () => {
  const r = new Reader('one\ntwo\nthree')
  r.does('Ben', { from: 0, to: 4 })
  const text = r.host.state.doc
  r.host.edit({ changes: { from: 0, to: 4 } })
  r.host.edit({ effects: gapsGiven.of({ gaps: [{ pos: 0, below: false, lines: 1, author: { id: 'b', name: 'Ben', kind: 'person' }, at: 1, text: 'one' }], text, since: ChangeSet.of({ from: 0, to: 4 }, 9) }) })
  expect(r.shown).toEqual(['Me -2 one/two', 'three'])
})

test('after very many changes the marks so far stay', () => {
  const r = new Reader(Array.from({ length: 2000 }, (_, i) => `line ${i}`).join('\n'))
  const { doc } = r.host.state
  r.does('Ben', { from: doc.line(3).from, to: doc.line(4).from })
  for (let n = 5; n < 1400; n += 2) r.does('Ada', { from: r.host.state.doc.line(n).from, insert: 'x' })
  expect(r.gaps).toMatchObject([{ lines: 1, text: 'line 2', author: { name: 'Ben' }, pos: doc.line(3).from }])
})

test('a hint has five lines of eighty characters', () => {
  expect(shortened('a\nb')).toBe('a\nb')
  expect(shortened(`${'x'.repeat(90)}\n1\n2\n3\n4\n5`)).toBe(`${'x'.repeat(79)}…\n1\n2\n3\n4\n…`)
})

const SEED = seedFor('gaps')

/** ways delete a range: at once, backwards, forwards, and after somebody had written into it. */
const ways: [string, (r: Reader, from: number, to: number) => void][] = [
  ['at once', (r, from, to) => r.does('Ben', { from, to })],
  ['backwards', (r, from, to) => { for (let p = to; p > from; p--) r.does('Ben', { from: p - 1, to: p }) }],
  ['forwards', (r, from, to) => { for (let n = to; n > from; n--) r.does('Ben', { from, to: from + 1 }) }],
  ['with what was written into it', (r, from, to) => r.does('Ben', { from: (from + to) >> 1, insert: 'new\nlines' }, { from, to: to + 9 })],
  ['in two halves, the second first', (r, from, to) => r.does('Ben', { from: (from + to) >> 1, to }, { from, to: (from + to) >> 1 })],
]

/** odd gives the ways that leave other marks than deleting at once. */
function odd(seed: number, marks: (r: Reader, start: string) => unknown): string[] {
  const r = random(seed)
  const start = Array.from({ length: 1 + r.below(6) }, () => r.pick(['', 'a', 'bb', 'ccc', 'dd'])).join('\n')
  const from = r.below(start.length + 1), to = from + r.below(start.length - from + 1)
  const all = ways.map(([name, way]) => {
    const reader = new Reader(start)
    way(reader, from, to)
    return [name, JSON.stringify(marks(reader, start))] as const
  })
  return all.filter(([, shown]) => shown !== all[0]![1]).map(([name, shown]) => `${JSON.stringify(start)} ${from}…${to} ${name}: ${shown}, at once: ${all[0]![1]}`)
}

test('the marks are the same however lines were deleted', () => {
  for (let n = 0; n < rounds(1000); n++) expect(odd(SEED + n, (r) => r.shown), `SEED=${SEED + n}`).toEqual([])
  // The wrong twin looks at each change by itself.
  const each = (r: Reader, start: string): string[] => {
    let doc = text(start)
    return r.said.flatMap((c) => { const gone = lost(c, doc); doc = c.apply(doc); return gone.map((l) => l.text) })
  }
  expect(Array.from({ length: 50 }, (_, n) => odd(SEED + n, each)).flat()).not.toEqual([])
})
