import { ChangeSet, EditorState, Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import { blameState, rowsCorrected, waiting, whoami } from '../../src/editor/blame/state'
import { nobody, type Row } from '../../src/editor/blame/rows'
import { HeadlessHost } from '../../src/editor/session/host'
import type { Blame } from '../../src/editor/session/entry'
import { Peer } from '../../src/editor/session/peer'
import type { LogEntry } from '../../src/editor/session/entry'
import { random, seedFor } from '../random'
import { edit } from './blame-history'
import { Oracle } from './blame-oracle'

const SEED = seedFor('blame')
const NAMES = ['alice', 'ben', 'sora']
const text = (s: string): Text => Text.of(s.split('\n'))
const short = (r: Row): [number, string] => [r.rev, r.author.id]

function blameOfText(s: string, rev: number, author: string): Blame {
  return { authors: [{ id: author, name: author, kind: 'person' }], spans: [], lines: s.split('\n').map(() => [rev, 0, 0, false]) }
}

/** A World is a log, one editor that types into it, and what the log's rows are. */
class World {
  desk: HeadlessHost
  peer = new Peer('me', (e) => e.author === 'me')
  oracle: Oracle
  doc: Text
  log: string[] = []
  private rev = 5
  private queue: LogEntry[] = []

  constructor(start: string) {
    this.doc = text(start)
    this.oracle = new Oracle(start, 5, 'alice')
    this.desk = new HeadlessHost(EditorState.create({ extensions: [this.peer.extension, blameState, whoami.of(() => ({ id: 'me', name: 'Me', kind: 'person' }))] }))
    this.peer.host = this.desk
    this.peer.reload({ rev: 5, chain: '', text: this.doc, blame: blameOfText(start, 5, 'alice') }, [])
  }

  get blame() { return this.desk.state.field(blameState) }

  type(changes: ChangeSet): void {
    this.log.push(`typed: ${JSON.stringify(changes)}`)
    this.desk.edit({ changes })
  }

  other(name: string, changes: ChangeSet): void { this.append(name, null, 0, changes) }

  /** reach brings the editor's first edit to the log, over what it has not seen; one at a time. */
  reach(): void {
    const mine = this.peer.pending[0]
    if (!mine || this.queue.some((e) => e.client)) return
    this.append('me', 'me', this.peer.confirmed + 1, this.queue.reduce((m, e) => m.map(e.changes), mine))
  }

  /** deliver gives the editor what the log has for it. */
  deliver(n: number): void {
    for (const e of this.queue.splice(0, n)) {
      this.peer.take([e], '')
    }
  }

  get quiet(): boolean { return !this.queue.length && !waiting(this.blame) }

  settle(): void {
    this.deliver(this.queue.length)
    while (this.peer.waiting) {
      this.reach()
      this.deliver(this.queue.length)
    }
  }

  correct(): void {
    const { rows } = this.blame
    const found = this.oracle.rows.flatMap((r, line) => (rows.at(line).doubt
      ? [{ line, row: { ...nobody, rev: r.rev, author: { id: r.author, name: r.author, kind: 'person' } } }] : []))
    this.oracle.rows.forEach((r) => { r.open = false })
    this.desk.edit({ effects: rowsCorrected.of(found) })
  }

  private append(name: string, client: string | null, seq: number, changes: ChangeSet): void {
    this.log.push(`#${this.rev + 1} ${name}: ${JSON.stringify(changes)}`)
    const rev = ++this.rev
    this.doc = changes.apply(this.doc)
    this.oracle.apply(changes, rev, name)
    if (client) this.peer.sent = seq
    this.queue.push({ rev, user: name, author: name, at: rev, changes, client, seq, kind: null })
  }
}

/** compare says how many lines were sure and how many in doubt; a sure one must be right. */
function compare(w: World, where: string): { sure: number; doubt: number } {
  const { rows } = w.blame
  expect(w.desk.state.doc.toString(), where).toBe(w.oracle.text)
  expect(rows.length, where).toBe(w.oracle.rows.length)
  let sure = 0
  let doubt = 0
  w.oracle.rows.forEach((r, i) => {
    const row = rows.at(i)
    if (row.doubt) return doubt++
    sure++
    expect([i, r.open, ...short(row)], where).toEqual([i, false, r.rev, r.author])
    return 0
  })
  return { sure, doubt }
}

const START = 'one\ntwo\n\nthree a\nb'

/** play runs histories; sometimes lets the editor type ahead of the log. */
function play(games: number, steps: number, ahead: boolean, broken?: (w: World) => void): { sure: number; doubt: number } {
  const total = { sure: 0, doubt: 0 }
  for (let g = 0; g < games; g++) {
    const r = random(SEED + g)
    const w = new World(START)
    for (let s = 0; s < steps; s++) {
      if (!ahead || r.chance(0.5)) w.other(r.pick(NAMES), edit(w.doc, r))
      else w.type(edit(w.desk.state.doc, r))
      broken?.(w)
      if (ahead && r.chance(0.5)) w.reach()
      w.deliver(ahead ? r.below(3) : 9)
      if (ahead && r.chance(0.2)) w.settle()
      if (!w.quiet) continue
      const n = compare(w, `SEED=${SEED + g} ${JSON.stringify(START)}\n${w.log.join('\n')}`)
      total.sure += n.sure
      total.doubt += n.doubt
      if (r.chance(0.5)) w.correct()
    }
  }
  return total
}

test('rows are what the rule says of every history of others, or in doubt', () => {
  const { sure, doubt } = play(400, 25, false)
  expect(sure).toBeGreaterThan(20_000)
  expect(doubt / sure).toBeLessThan(0.15)
})

test('rows are what the rule says of the log when what was typed ahead is on disk, or in doubt', () => {
  const { sure, doubt } = play(400, 40, true)
  expect(sure).toBeGreaterThan(5_000)
  expect(doubt / sure).toBeLessThan(0.5)
})

test('a wrong row is found', () => {
  // The negative control: a row is spoilt now and then.
  expect(() => play(20, 25, false, (w) => {
    const row = w.blame.rows.at(0)
    if (!row.doubt) w.desk.edit({ effects: rowsCorrected.of([{ line: 0, row: { ...row, rev: row.rev + 1000 } }]) })
  })).toThrow()
})
