// The rows of blame against a server: PARODYWAVE_URL=http://localhost:5555.
// Others and this editor type at random; whenever nothing is under way, what
// the endpoint for lines says is compared.

import { EditorState, Text } from '@codemirror/state'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { blameState, waiting, whoami } from '../../src/editor/blame/state'
import { HeadlessHost } from '../../src/editor/session/host'
import type { LinesAnswer } from '../../src/editor/blame/lineage-answer'
import { Peer } from '../../src/editor/session/peer'
import { decode, type Whole } from '../../src/editor/session/wire'
import { ulid } from '../../src/editor/session/ulid'
import { random, seedFor } from '../random'
import { edit } from './blame-history'

const base = process.env.PARODYWAVE_URL
const LIMITS = { frame: 1 << 20, changes: 1000 }

/** Hand is a person with an editor of whom the test plays the fingers. */
class Hand {
  peer: Peer
  desk: HeadlessHost
  private ws!: WebSocket
  private under = false

  constructor(private readonly thread: string, readonly name: string) {
    const client = ulid()
    this.peer = new Peer(client, () => false)
    this.desk = new HeadlessHost(EditorState.create({ extensions: [this.peer.extension, blameState, whoami.of(() => ({ id: name, name, kind: 'person' }))] }))
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
    this.peer.host = this.desk
    this.peer.reload({ rev, chain, text: Text.of(String(text).split('\n')), blame }, [])
    this.ws.on('message', (data) => this.hear(String(data)))
  }

  leave(): void { this.ws.close() }

  get quiet(): boolean { return !waiting(this.desk.state.field(blameState)) }

  send(): void {
    if (this.under || !this.peer.waiting) return
    this.under = true
    this.ws.send(JSON.stringify({ type: 'update', client: this.peer.client, ...this.peer.push(9, LIMITS as never, Infinity) }))
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

test.skipIf(!base)('rows are what the server says, or in doubt', { timeout: 120_000 }, async () => {
  const seed = seedFor('blame-server')
  const r = random(seed)
  let sure = 0
  let doubt = 0
  for (let game = 0; game < 12; game++) {
    const opened = await fetch(`${base}/api/threads`, { method: 'POST', headers: { 'Parodywave-User': 'Opener', 'Content-Type': 'application/json' }, body: '{"title":"rows"}' })
    const { id } = await opened.json() as { id: string }
    const hands = ['Ann', 'Bo', 'Cy'].map((name) => new Hand(id, name))
    for (const h of hands) await h.join()
    for (let step = 0; step < 60; step++) {
      for (const h of hands) if (r.chance(0.5)) h.desk.edit({ changes: edit(h.desk.state.doc, r) })
      for (const h of hands) h.send()
      await new Promise((f) => setTimeout(f, r.below(6)))
      if (!r.chance(0.2)) continue
      await rest(hands)
      const { rev, lines, authors } = await (await fetch(`${base}/api/threads/${id}/lines`)).json() as LinesAnswer
      for (const h of hands) {
        const { rows } = h.desk.state.field(blameState)
        const where = `SEED=${seed} game ${game} step ${step} thread ${id} rev ${rev} of ${h.name}`
        expect(h.peer.rev, where).toBe(rev)
        if (h.desk.state.doc.length) expect(rows.length, where).toBe(lines.length)
        lines.forEach(([rev, author, , submitted], i) => {
          const row = rows.at(i)
          if (row.doubt) return doubt++
          sure++
          return expect([i, row.rev, row.author.name, row.submitted], where).toEqual([i, rev, authors[author]!.name, submitted])
        })
      }
    }
    for (const h of hands) h.leave()
  }
  console.log(`SEED=${seed}: ${sure} rows as the server has them, ${doubt} in doubt`)
  expect(sure).toBeGreaterThan(500)
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
