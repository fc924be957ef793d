// The rows of blame against a server: PARODYWAVE_URL=http://localhost:5555.
// Three people type at random; whenever nothing is under way, their rows are
// compared with what the endpoint for lines says.
//
// RECORD=FILE writes what blame.test.ts replays, test/testdata/blame-frames.json:
// the frames of threads as the server sends them, and the rows of each revision.

import { writeFileSync } from 'node:fs'
import { EditorState, Text, type ChangeSet } from '@codemirror/state'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { blameState, isWaiting, rowsOf, whoami } from '../../src/editor/blame/state'
import { HeadlessHost } from '../../src/editor/session/host'
import type { LinesAnswer } from '../../src/editor/blame/lineage-answer'
import { Peer } from '../../src/editor/session/peer'
import { decode, type Whole } from '../../src/editor/session/wire'
import { ulid } from '../../src/base/ulid'
import { random, rounds, seedFor } from '../random'
import { edit } from './blame-history'

const base = process.env.PARODYWAVE_URL
const LIMITS = { frame: 1 << 20, changes: 1000 }

/** A Hand is a person whose editor the test types into. */
class Hand {
  peer: Peer
  host: HeadlessHost
  private ws!: WebSocket
  private under = false

  constructor(private readonly thread: string, readonly name: string) {
    const client = ulid()
    this.peer = new Peer(client, () => false)
    this.host = new HeadlessHost(EditorState.create({ extensions: [this.peer.extension, blameState, whoami.of(() => ({ id: name, name, kind: 'person' }))] }))
  }

  async join(): Promise<void> {
    this.ws = new WebSocket(`${base!.replace(/^http/, 'ws')}/ws`)
    await new Promise((r) => this.ws.once('open', r))
    const whole = new Promise<Whole>((r) => this.ws.on('message', (data) => {
      const m = decode(String(data))
      if (m?.type === 'whole') r(m)
    }))
    this.ws.send(JSON.stringify({ type: 'join', user: this.name, id: this.thread, mode: 'text', client: this.peer.client }))
    const { rev, chain, text, blame } = await whole
    this.peer.host = this.host
    this.peer.reload({ rev, chain, text: Text.of(String(text).split('\n')), blame }, [])
    this.ws.on('message', (data) => this.hear(String(data)))
  }

  leave(): void { this.ws.close() }

  get quiet(): boolean { return !isWaiting(this.host.state) }

  send(): void {
    if (this.under || !this.peer.waiting) return
    this.under = true
    this.ws.send(JSON.stringify({ type: 'update', client: this.peer.client, ...this.peer.push(9, LIMITS as never, Infinity) }))
  }

  /** submit finishes a line of the text that the log has. */
  submit(line: number): void {
    this.ws.send(JSON.stringify({ type: 'submit', rev: this.peer.rev, lines: [line, line] }))
  }

  private hear(frame: string): void {
    const m = decode(frame)
    if (!this.peer.loaded) return
    if (m?.type === 'error') throw new Error(frame)
    if (m?.type !== 'update') return
    const sent = this.peer.sent
    this.peer.take(m.updates, m.chain)
    if (this.peer.confirmed >= sent) this.under = false
  }
}

test.skipIf(!base)('rows are what the server says', { timeout: 120_000 }, async () => {
  const seed = seedFor('blame-server')
  const r = random(seed)
  let compared = 0
  for (let game = 0; game < rounds(12); game++) {
    const opened = await fetch(`${base}/api/threads`, { method: 'POST', headers: { 'Parodywave-User': 'Opener', 'Content-Type': 'application/json' }, body: '{"title":"rows"}' })
    const { id } = await opened.json() as { id: string }
    const hands = ['Ann', 'Bo', 'Cy'].map((name) => new Hand(id, name))
    for (const h of hands) await h.join()
    for (let step = 0; step < 60; step++) {
      for (const h of hands) if (r.chance(0.5)) h.host.edit({ changes: edit(h.host.state.doc, r) })
      for (const h of hands) h.send()
      await new Promise((f) => setTimeout(f, r.below(6)))
      if (!r.chance(0.2)) continue
      await rest(hands)
      const { rev, lines, authors } = await (await fetch(`${base}/api/threads/${id}/lines`)).json() as LinesAnswer
      for (const h of hands) {
        const where = `SEED=${seed} game ${game} step ${step} thread ${id} rev ${rev} of ${h.name}`
        expect(h.peer.rev, where).toBe(rev)
        const rows = rowsOf(h.host.state)!.slice(0, lines.length)
        expect(rows.map((row) => [row.rev, row.author.name, row.at, row.submitted]), where).toEqual(lines.map(([rev, author, at, submitted]) => [rev, authors[author]!.name, at, submitted]))
        compared += rows.length
      }
    }
    for (const h of hands) h.leave()
  }
  expect(compared).toBeGreaterThan(rounds(500))
})

/** rest waits until everybody has everything. */
async function rest(hands: Hand[]): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    for (const h of hands) h.send()
    if (hands.every((h) => h.quiet && h.peer.rev === hands[0]!.peer.rev)) return
    await new Promise((f) => setTimeout(f, 2))
  }
  throw new Error('no rest')
}

/** A Watcher joins a thread and keeps every frame. */
class Watcher {
  readonly frames: Record<string, unknown>[] = []
  private ws!: WebSocket

  constructor(private readonly thread: string) {}

  async join(): Promise<void> {
    this.ws = new WebSocket(`${base!.replace(/^http/, 'ws')}/ws`)
    await new Promise((r) => this.ws.once('open', r))
    this.ws.on('message', (data) => {
      const m = JSON.parse(String(data)) as Record<string, unknown>
      if (m.type === 'update' || (m.type === 'join' && this.frames.length === 0)) this.frames.push(m)
    })
    this.ws.send(JSON.stringify({ type: 'join', user: 'Watcher', id: this.thread, mode: 'text', client: ulid() }))
    await this.reached(1)
  }

  async reached(rev: number): Promise<void> {
    for (const end = Date.now() + 60_000; ((this.frames.at(-1)?.rev as number) ?? 0) < rev;) {
      if (Date.now() > end) throw new Error(`no revision ${rev}`)
      await new Promise((f) => setTimeout(f, 1))
    }
  }

  leave(): void { this.ws.close() }
}

test.skipIf(!base || !process.env.RECORD)('frames are recorded', { timeout: 600_000 }, async () => {
  const threads = []
  for (let game = 0; game < 6; game++) {
    const r = random(seedFor('blame-record') + game)
    const opened = await fetch(`${base}/api/threads`, { method: 'POST', headers: { 'Parodywave-User': 'Opener', 'Content-Type': 'application/json' }, body: '{"title":"rows"}' })
    const { id } = await opened.json() as { id: string }
    const hands = ['Ann', 'Bo'].map((name) => new Hand(id, name))
    const watcher = new Watcher(id)
    for (const h of [...hands, watcher]) await h.join()
    const undo = new Map<Hand, ChangeSet>() // each hand's last edit, taken back
    const rows: Record<string, unknown> = {}
    for (let step = 0; step < 60; step++) {
      const h = r.pick(hands)
      const { doc } = h.host.state
      const back = undo.get(h)
      const changes = back && r.chance(0.3) ? back : edit(doc, r)
      for (const [other, c] of undo) undo.set(other, c.map(changes))
      undo.set(h, changes.invert(doc))
      h.host.edit({ changes })
      await rest(hands)
      if (r.chance(0.1)) {
        const next = h.peer.rev + 1
        h.submit(r.below(h.peer.base.lines))
        await watcher.reached(next)
        await rest(hands)
      }
      const { rev, lines, authors } = await (await fetch(`${base}/api/threads/${id}/lines`)).json() as LinesAnswer
      rows[rev] = lines.map(([rev, author, at, submitted]) => [rev, authors[author]!.id, at, submitted])
      await watcher.reached(rev)
    }
    for (const h of [...hands, watcher]) h.leave()
    const [join, ...frames] = watcher.frames
    threads.push({ join, frames: frames.map(({ chain: _, ...frame }) => ({ ...frame, chain: '' })), rows })
  }
  writeFileSync(process.env.RECORD!, `{"threads":[\n${threads.map((t) => `{"join":${JSON.stringify(t.join)},\n"frames":[\n${t.frames.map((f) => JSON.stringify(f)).join(',\n')}],\n"rows":{\n${Object.entries(t.rows).map(([rev, said]) => `"${rev}":${JSON.stringify(said)}`).join(',\n')}}}`).join(',\n')}\n]}\n`)
})
