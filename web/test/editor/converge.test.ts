// Three people edit one thread over bad wires, with pages that crash and a server
// that restarts. In the end all read the log's text, and everything typed is there
// once, unless somebody deleted it. A seed determines each history; SEED and
// HISTORIES choose others, a failure prints the steps that led to it, and TRACE=1
// every frame.

import { ChangeSet, type ChangeSpec } from '@codemirror/state'
import { expect, test, vi } from 'vitest'
import type { Peer } from '../../src/editor/session/peer'
import { pendingOf, receive } from '../../src/editor/session/pending'
import type { HeadlessHost } from '../../src/editor/session/host'
import type { LogEntry } from '../../src/editor/session/entry'
import { random, seedFor } from '../random'
import { Authority } from './authority'
import { World, settled, type Person } from './world'

const SEED = seedFor('converge')
const HISTORIES = Number(process.env.HISTORIES ?? 1500)
const STEPS = 70

interface Tricks { prepare?(w: World): void; slow?: boolean; died?(p: Person): void }

/** Whether a typed character must be there: not if it was deleted, maybe if nobody can know. */
type Fate = 'there' | 'deleted' | 'maybe'

class History {
  readonly fates = new Map<string, Fate>()
  readonly steps: string[] = []
  private code = 0x4e00
  private readonly r
  private readonly w: World

  constructor(readonly seed: number, private readonly tricks: Tricks) {
    this.r = random(seed)
    this.w = new World(new Authority(), 'Ada', 'Ben', '소라')
    tricks.prepare?.(this.w)
    for (const p of this.w.people) {
      p.memory.slow = tricks.slow === true
      p.sit()
    }
  }

  /** run returns what is wrong in the end, or null. */
  async run(): Promise<string | null> {
    const { w, r } = this
    await w.quiet()
    try {
      for (let i = 0; i < STEPS; i++) {
        await this.step(r.pick(w.people), r.below(100))
        await settled()
      }
      await this.end()
    } catch (e) {
      return `${String(e)} ${e instanceof Error && !(e instanceof RangeError) ? e.stack : ''}`
    }
    return this.verdict()
  }

  private async step(p: Person, what: number): Promise<void> {
    const { w, r } = this
    const say = (s: string): void => { this.steps.push(`${p.name} ${s}`) }
    if (what < 30) return this.edit(p)
    if (what < 52) { for (let n = r.below(3) + 1; n > 0; n--) if (w.wires.length) r.pick(w.wires).carry(); say('carry') }
    else if (what < 74) { for (let n = r.below(3) + 1; n > 0; n--) if (w.wires.length) r.pick(w.wires).bring(); say('bring') }
    else if (what < 80) { say('cut'); p.plugged = r.chance(0.6); p.cut() }
    else if (what < 87) { say('plug'); p.plugged = true; p.now() }
    else if (what < 90) { say('dies and comes back'); this.die(p); p.sit() }
    else if (what < 92) { w.authority.refuse = r.pick(['stale', 'unavailable', null, null]); say(`refuse ${w.authority.refuse}`) }
    else if (what < 93) { say('restart'); w.restart() }
    else if (what < 95) { w.clock.advance(r.below(2500)); say('later') }
    else if (what < 98) { say('composes or not'); p.compose(!p.host.composing) }
    else if (what < 99) { if (p.session.phase === 'open') p.session.submit(0, 0) }
    else w.authority.cost = r.pick([3, 20, 100_000])
    if (this.tricks.slow && r.chance(0.5)) r.pick(w.people).page.flush()
  }

  private edit(p: Person): void {
    const { r } = this
    if (p.session.phase !== 'open') return
    const doc = p.host.state.doc.toString()
    const place = (): number => {
      const pos = r.below(doc.length + 1)
      return /^[\udc00-\udfff]/.test(doc.slice(pos)) ? pos - 1 : pos
    }
    const changes: { from: number; to: number; insert: string }[] = []
    for (let n = r.chance(0.2) ? 2 : 1; n > 0; n--) {
      let from = place(), to = r.chance(doc.length > 12 ? 0.6 : 0.2) ? place() : from
      if (from > to) [from, to] = [to, from]
      if (to - from > 6 && r.chance(0.8)) to = from
      if (changes.some((c) => from <= c.to && to >= c.from)) continue
      let insert = ''
      for (let k = r.below(from === to ? 3 : 2) + (from === to ? 1 : 0); k > 0; k--) {
        const token = r.chance(0.2) ? String.fromCodePoint(0x20000 + this.code++) : String.fromCharCode(this.code++)
        this.fates.set(token, 'there')
        insert += token
      }
      if (r.chance(0.2)) insert += '\n'
      for (const gone of doc.slice(from, to)) if (this.fates.get(gone) === 'there') this.fates.set(gone, 'deleted')
      changes.push({ from, to, insert })
    }
    this.steps.push(`${p.name} ${JSON.stringify(changes)}`)
    p.edit({ changes: changes as ChangeSpec })
  }

  /** die crashes a page. Edits not written by then may be lost, if the browser's writes take time. */
  private die(p: Person): void {
    if (this.tricks.slow) {
      const written = [...p.memory.boxes.values()].reduce((n, b) => Math.max(n, b.client === p.session.client ? b.seq - 1 + b.pending.length : 0), 0)
      const peer = (p.session as unknown as { peer: Peer }).peer
      const pending = peer.pending
      pending.slice(Math.max(0, written - peer.confirmed)).forEach((c) => this.doubt(c))
    }
    p.crash()
    this.tricks.died?.(p)
  }

  /** doubt marks the effects of an edit as uncertain. */
  private doubt(c: ChangeSet): void {
    c.iterChanges((_a, _b, _c, _d, inserted) => { for (const t of inserted.toString()) if (t !== '\n') this.fates.set(t, 'maybe') })
    if (c.newLength - c.length < length(c)) for (const [t, fate] of this.fates) if (fate === 'deleted') this.fates.set(t, 'maybe')
  }

  /** end mends everything and goes on until nothing waits. */
  private async end(): Promise<void> {
    const { w } = this
    w.authority.refuse = null
    w.authority.cost = 100_000
    for (let round = 0; round < 40; round++) {
      for (const p of w.people) {
        p.compose(false)
        p.plugged = true
        while (p.page.writing) { p.page.flush(); await settled() }
        p.now()
      }
      await w.quiet()
      w.clock.advance(3000)
      if (w.people.every((p) => p.session.phase === 'open' && p.waiting === 0 && !p.page.writing && p.session.rev === w.authority.head && p.session.link === 'up')) return
    }
  }

  private verdict(): string | null {
    const { w } = this
    const truth = w.authority.text.toString()
    for (const p of w.people) {
      const s = p.session
      if (s.phase !== 'open') return `${p.name} is ${s.phase}: ${s.problem?.code} ${s.problem?.text}`
      if (p.waiting > 0) return `${p.name} still has ${p.waiting} edits open`
      if (p.text !== truth) return `${p.name} reads ${JSON.stringify(p.text)} and the log says ${JSON.stringify(truth)}`
    }
    for (const [token, fate] of this.fates) {
      const times = truth.split(token).length - 1
      if (times > 1 || (fate === 'there' && times !== 1) || (fate === 'deleted' && times !== 0)) return `${token} is ${times} times there, and should be ${fate}`
    }
    const seqs = new Map<string, number>()
    for (const e of w.authority.log) {
      if (!e.client) continue
      if (e.seq !== (seqs.get(e.client) ?? 0) + 1) return `entry ${e.rev} has number ${e.seq} of ${e.client}`
      seqs.set(e.client, e.seq)
    }
    const keeping = w.people.find((p) => p.memory.boxes.size > 0)
    return keeping ? `${keeping.name} still keeps an outbox` : null
  }
}

/** length is how much a change inserts. */
function length(c: ChangeSet): number {
  let n = 0
  c.iterChanges((_a, _b, _c, _d, inserted) => { n += inserted.length })
  return n
}

/** histories returns the first of n that went wrong in a way that counts. */
async function histories(n: number, tricks: Tricks, counts = /./): Promise<string> {
  for (let run = 0; run < n; run++) {
    const pauses = random(SEED + run)
    vi.spyOn(Math, 'random').mockImplementation(() => pauses.below(1000) / 1000) // how long a refused push waits
    const h = new History(SEED + run, tricks)
    const fault = await h.run()
    if (fault && counts.test(fault)) return `SEED=${SEED + run} HISTORIES=1: ${fault}\n${h.steps.join('\n')}`
  }
  return ''
}

test(`three editors converge from seed ${SEED}`, { timeout: 300_000 }, async () => {
  expect(await histories(HISTORIES, {})).toBe('')
})

test('three editors converge where the browser is slow to write', { timeout: 300_000 }, async () => {
  expect(await histories(HISTORIES / 2, { slow: true })).toBe('')
})

/** together takes in whole frames at once, which is known to diverge while edits are pending. */
function together(peer: Peer, host: HeadlessHost, entries: readonly LogEntry[]): boolean {
  if (entries.length < 2 || pendingOf(host.state).length === 0) return false
  const ours = (e: LogEntry): boolean => e.client === peer.client && e.seq > 0 && e.seq <= peer.sent
  let theirs = ChangeSet.empty(peer.base.length)
  for (const e of entries) { // as @codemirror/collab does: others' changes become one, and ours among them are dropped
    if (!ours(e)) { theirs = theirs.compose(e.changes); continue }
    theirs = theirs.map(pendingOf(host.state)[0]!.changes, true)
    host.dispatch([receive(host.state, e.changes, true)])
    peer.confirmed++
    peer.done++
  }
  for (const e of entries) peer.base = e.changes.apply(peer.base)
  peer.rev = entries[entries.length - 1]!.rev
  host.dispatch([receive(host.state, theirs, false)])
  return true
}

test('taking in several entries at once diverges', { timeout: 300_000 }, async () => {
  const prepare = (w: World): void => {
    for (const p of w.people) p.tuned = (session) => {
      const { peer } = session as unknown as { peer: Peer }
      const one = peer.take.bind(peer)
      peer.take = (entries, chain) => { if (together(peer, peer.host as HeadlessHost, entries)) peer.chain = chain; else one(entries, chain) }
    }
  }
  expect(await histories(HISTORIES, { prepare }, /reads|stuck/)).not.toBe('')
})

test('a server that composes what it rebases over diverges', { timeout: 300_000 }, async () => {
  const prepare = (w: World): void => { w.authority.composed = true }
  expect(await histories(HISTORIES, { prepare }, /reads|stuck/)).not.toBe('')
})

test('without the outbox edits are lost', { timeout: 300_000 }, async () => {
  const prepare = (w: World): void => { for (const p of w.people) p.memory.finds = () => [] }
  expect(await histories(HISTORIES, { prepare }, / 0 times there/)).not.toBe('')
})

test('without the client of the outbox edits are doubled', { timeout: 300_000 }, async () => {
  const died = (p: Person): void => {
    for (const b of [...p.memory.boxes.values()]) {
      const client = p.world.mint()
      p.memory.boxes.delete(b.client)
      p.memory.boxes.set(client, { ...b, client, seq: 1 })
    }
  }
  expect(await histories(HISTORIES, { died }, / 2 times there/)).not.toBe('')
})
