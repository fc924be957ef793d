// The gutter's rows, against what the server sent and said: frames.json of
// blame-record.mjs has threads of random edits, each frame as it came by the
// socket and the rows of each revision as GET …/lines gave them.

import { readFileSync } from 'node:fs'
import { ChangeSet, EditorState, Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import { nobody, type Row } from '../../src/editor/blame/rows'
import { blameState, rowsOf, whoami } from '../../src/editor/blame/state'
import type { LogEntry } from '../../src/editor/session/entry'
import { HeadlessHost } from '../../src/editor/session/host'
import { Peer } from '../../src/editor/session/peer'
import { decode, type Update, type Whole } from '../../src/editor/session/wire'
import { random, seedFor } from '../random'
import { edit } from './blame-history'

type Said = [rev: number, author: string, at: number, submitted: boolean][]
interface Thread { join: object; frames: object[]; rows: Record<string, Said> }
const { threads } = JSON.parse(readFileSync(new URL('../testdata/blame-frames.json', import.meta.url), 'utf8')) as { threads: Thread[] }

const SEED = seedFor('blame')
const read = <T>(frame: object): T => decode(JSON.stringify(frame)) as T
const short = (r: Row): Said[number] => [r.rev, r.author.id, r.at, r.submitted]

/** An Editor takes frames in, and somebody types into it. */
class Editor {
  readonly host: HeadlessHost
  readonly peer = new Peer('me', () => false)

  constructor(join: Whole) {
    this.host = new HeadlessHost(EditorState.create({ extensions: [this.peer.extension, blameState, whoami.of(() => ({ id: 'me', name: 'Me', kind: 'person' }))] }))
    this.peer.host = this.host
    this.peer.reload({ rev: join.rev, chain: join.chain, text: Text.of(join.text.split('\n')), blame: join.blame }, [])
  }

  static of(text: string, lines: Said): Editor {
    const authors = [...new Set(lines.map(([, id]) => id))].map((id) => ({ id, name: `name of ${id}`, kind: 'person' }))
    const blame = { authors, spans: [], lines: lines.map(([rev, id, at, submitted]) => [rev, authors.findIndex((a) => a.id === id), at, submitted]) }
    return new Editor(read<Whole>({ type: 'join', thread: 'T', title: '', rev: 4, chain: 'c', text, blame }))
  }

  get doc(): Text { return this.host.state.doc }
  get shown(): Row[] { return rowsOf(this.host.state)!.slice(0, this.doc.lines) }
  get log(): Said { const { rows } = this.host.state.field(blameState); return rows.slice(0, rows.length).map(short) }

  type(changes: ChangeSet): void { this.host.edit({ changes }) }

  take(element: object): void {
    const m = read<Update>({ type: 'update', id: 'T', rev: this.peer.rev + 1, chain: 'c', updates: [{ user: `name of ${(element as { author?: string }).author ?? ''}`, at: 0, rev: this.peer.rev + 1, ...element }] })
    this.peer.take(m.updates, m.chain)
  }
}

/** replay takes a thread's frames in and returns where the rows are not the server's. */
function replay(thread: Thread, changed: (e: LogEntry) => LogEntry = (e) => e, between: (editor: Editor) => void = () => {}): string | null {
  const editor = new Editor(read<Whole>(thread.join))
  for (const frame of thread.frames) {
    const m = read<Update>(frame)
    for (const e of m.updates) {
      editor.peer.take([changed(e)], m.chain)
      const said = thread.rows[e.rev]
      const ours = JSON.stringify(editor.log)
      if (said && ours !== JSON.stringify(said)) return `revision ${e.rev}: ${ours} and the server says ${JSON.stringify(said)}`
      between(editor)
    }
  }
  return null
}

test('the rows of the log are the server\'s at every revision', () => {
  expect(threads.length).toBeGreaterThan(5)
  for (const thread of threads) {
    expect(Object.keys(thread.rows).length).toBeGreaterThan(40)
    expect(replay(thread)).toBeNull()
  }
})

test('so they are while somebody types here', () => {
  for (const [i, thread] of threads.entries()) {
    const r = random(SEED + i)
    const between = (editor: Editor): void => {
      if (r.chance(0.5) && editor.peer.waiting < 30) editor.type(edit(editor.doc, r))
      expect(editor.shown.length, `SEED=${SEED}`).toBe(editor.doc.lines)
    }
    expect(replay(thread, undefined, between), `SEED=${SEED}`).toBeNull()
  }
})

test('without the rows that entries bring they are not', () => {
  // The negative control: the frames need the splices, and the order of those.
  const none = (e: LogEntry): LogEntry => { const { rows: _, ...rest } = e; return rest }
  for (const thread of threads) expect(replay(thread, none)).not.toBeNull()
  const late = (e: LogEntry): LogEntry => (e.rows ? { ...e, rows: e.rows.map(([line, removed, rows]) => [line, removed, rows.map(([rev, a, at, s]) => [rev, a, at, !s])]) } : e)
  for (const thread of threads) expect(replay(thread, late)).not.toBeNull()
})

const A = '01J9Z2ADA00000000000000000', B = '01J9Z2BEN00000000000000000'
const START: Said = [[2, A, 1000, true], [3, B, 2000, false]]

test.each<[string, object, Said]>([
  ['typing stamps the line', { author: B, at: 5000, client: 'c', seq: 1, changes: [10, [0, 's']] }, [[2, A, 1000, true], [5, B, 5000, false]]],
  ['a new line below', { author: B, at: 5000, client: 'c', seq: 1, changes: [4, [0, '', ''], 6], rows: [[0, 1, [[2, A, 1000, true], [5, B, 5000, false]]]] }, [[2, A, 1000, true], [5, B, 5000, false], [3, B, 2000, false]]],
  ['a moved line', { author: B, at: 5000, client: 'c', seq: 1, changes: [[0, 'bread', ''], 4, [6]], rows: [[0, 2, [[3, B, 2000, false], [2, A, 1000, true]]]] }, [[3, B, 2000, false], [2, A, 1000, true]]],
  ['a deleted line', { author: A, at: 5000, client: 'c', seq: 1, changes: [[5], 5], rows: [[0, 2, [[3, B, 2000, false]]]] }, [[3, B, 2000, false]]],
  ['no edit', { author: A, at: 5000, client: 'c', seq: 1, changes: [10] }, START],
  ['finished lines', { author: A, kind: 'submitted', length: 10, lines: [0, 1] }, [[2, A, 1000, true], [3, B, 2000, true]]],
  ['a redacted text', { author: A, kind: 'redacted', changes: [[4, '████'], 6] }, START],
  ['another title', { author: A, kind: 'renamed', length: 10, title: 't' }, START],
])('rows after %s', (_, element, rows) => {
  const editor = Editor.of('milk\nbread', START)
  editor.take(element)
  expect(editor.log).toEqual(rows)
  expect(editor.shown.map(short)).toEqual(rows)
})

test('the first change of a thread brings the first rows', () => {
  const editor = Editor.of('', [])
  expect(editor.shown).toEqual([nobody])
  editor.take({ author: A, at: 900, client: 'c', seq: 1, changes: [[0, 'a', 'b']], rows: [[0, 0, [[5, A, 900, false], [5, A, 900, false]]]] })
  expect(editor.log).toEqual([[5, A, 900, false], [5, A, 900, false]])
  expect(editor.shown[1]!.author.name).toBe(`name of ${A}`)
})

/** pending shows which lines are the writer's own: #: pending, else the row's revision. */
const pending = (e: Editor): string => e.shown.map((r) => (r.pending ? `#${r.author.id}` : String(r.rev))).join(' ')
const THREE: Said = [[2, A, 0, false], [3, B, 0, false], [4, A, 0, false]]

test.each<[string, object, string]>([
  ['a letter', [6, [0, 'x'], 7], '2 #me 4'],
  ['a line break at a line\'s end', [7, [0, '', ''], 6], '2 3 #me 4'],
  ['a line break at a line\'s start', [4, [0, '', ''], 9], '2 #me 3 4'],
  ['a line break in the middle', [5, [0, '', ''], 8], '2 #me #me 4'],
  ['lines pasted', [4, [0, 'p', 'q', ''], 9], '2 #me #me 3 4'],
  ['a line deleted', [4, [4], 5], '2 4'],
  ['two lines joined', [3, [1], 9], '#me 4'],
  ['a line moved up', [[0, 'two', ''], 4, [4], 5], '#me 2 4'],
])('until it is in the log, %s shows as the writer\'s own', (_, changes, rows) => {
  const editor = Editor.of('one\ntwo\nthree'.slice(0, 13), THREE)
  const set = ChangeSet.fromJSON(changes)
  expect(set.length).toBe(13)
  editor.type(set)
  expect(pending(editor)).toBe(rows)
  const other = { author: B, at: 9, client: 'c', seq: 1, changes: [12, [0, '!'], 1] }
  editor.take(other) // in the last line
  expect(editor.log).toEqual([THREE[0], THREE[1], [5, B, 9, false]])
  expect(pending(editor)).toBe(rows.replace('4', '5'))
})

test('what waits for the log is the log\'s rows again once it is undone', () => {
  for (let n = 0; n < 300; n++) {
    const r = random(SEED + n)
    const editor = Editor.of('one\ntwo\n\nthree a\nb', [[1, A, 1, false], [2, B, 2, true], [3, A, 3, false], [4, B, 4, false], [5, A, 5, false]])
    const before = editor.doc
    const back: ChangeSet[] = []
    for (let i = r.below(4); i >= 0; i--) {
      const changes = edit(editor.doc, r)
      back.unshift(changes.invert(editor.doc))
      editor.type(changes)
      if (r.chance(0.5)) expect(editor.shown.length).toBe(editor.doc.lines) // looked at, or not
    }
    for (const changes of back) editor.type(changes)
    expect(editor.doc.eq(before)).toBe(true)
    expect(editor.shown.map(short), `SEED=${SEED + n}`).toEqual(editor.log)
  }
})
