// Sessions against a server: PARODYWAVE_URL=http://127.0.0.1:5555. Without one
// there is nothing to test. SEED repeats a run as far as the timing allows.

import { EditorState } from '@codemirror/state'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import type { Listener } from '../../src/base/socket'
import { HeadlessHost } from '../../src/editor/session/host'
import type { Moment } from '../../src/editor/session/moment'
import { Session } from '../../src/editor/session/session'
import type { SocketLike } from '../../src/editor/session/options'
import { random, rounds, seedFor } from '../random'
import { Memory, Page } from './memory'

const base = (process.env.PARODYWAVE_URL ?? '').replace(/\/$/, '')
const SEED = seedFor('server')
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms))

class Line implements SocketLike {
  ws: WebSocket | null = null
  plugged = true

  constructor(private readonly listener: Listener) {}

  open(): void { this.now() }
  now(): void {
    if (this.ws || !this.plugged) return
    const ws = this.ws = new WebSocket(base.replace(/^http/, 'ws') + '/ws')
    ws.onopen = () => { if (ws === this.ws) this.listener.up() }
    ws.onmessage = (e) => { if (ws === this.ws) this.listener.text(String(e.data)) }
    ws.onerror = () => {}
    ws.onclose = (e) => this.lost(ws, e.code)
  }
  send(frame: string): boolean {
    if (this.ws?.readyState !== 1) return false
    this.ws.send(frame)
    return true
  }
  close(): void { this.plugged = false; this.ws?.close(); this.ws = null }
  cut(): void { const { ws } = this; if (ws) { this.lost(ws); ws.terminate() } }
  private lost(ws: WebSocket, code?: number): void {
    if (ws !== this.ws) return
    this.ws = null
    if (this.plugged) setTimeout(() => this.now(), 20)
    this.listener.down(20, code)
  }
}

class Person {
  line!: Line
  session!: Session
  host!: HeadlessHost
  page!: Page
  readonly memory = new Memory()

  constructor(readonly name: string, readonly thread: string) { this.sit() }

  sit(): void {
    this.page = new Page(this.memory)
    this.session = new Session({
      thread: this.thread, user: this.name, store: this.page,
      socket: (listener) => this.line = new Line(listener),
      moment: async (thread, rev) => (await fetch(`${base}/api/threads/${thread}/moment?at=${rev}`)).json() as Promise<Moment>,
    })
    this.host = new HeadlessHost(EditorState.create({ extensions: this.session.extension }))
    this.session.attach(this.host)
    this.session.start()
  }

  crash(): void {
    this.line.close()
    this.page.die()
    this.session.stop()
  }

  get text(): string { return this.host.state.doc.toString() }
  get settled(): boolean {
    const { phase, saved, link } = this.session
    if (phase === 'stuck' || phase === 'refused') throw new Error(`${this.name} is ${phase}: ${this.session.problem?.code} ${this.session.problem?.text}`)
    return phase === 'open' && link === 'up' && saved.typed + saved.sent === 0
  }
}

async function opened(text = ''): Promise<string> {
  const headers = { 'Content-Type': 'application/json', 'Parodywave-User': 'Opener' }
  const { id } = await (await fetch(`${base}/api/threads`, { method: 'POST', headers, body: JSON.stringify({ title: 'sessions' }) })).json() as { id: string }
  if (text) await fetch(`${base}/api/threads/${id}/text?base=1`, { method: 'PUT', headers: { ...headers, 'Content-Type': 'text/plain' }, body: text })
  return id
}

async function until(what: string, is: () => boolean, ms = 60_000): Promise<void> {
  for (const end = Date.now() + ms; !is(); await wait(2)) if (Date.now() > end) throw new Error(`still not: ${what}`)
}

async function agree(thread: string, people: Person[]): Promise<string> {
  await until('everything sent', () => people.every((p) => p.settled))
  const { revisions } = await (await fetch(`${base}/api/threads/${thread}`)).json() as { revisions: number }
  await until('everything read', () => people.every((p) => p.session.rev >= revisions))
  const text = await (await fetch(`${base}/api/threads/${thread}/text`)).text()
  for (const p of people) expect(p.text, `seed ${SEED}: ${p.name}`).toBe(text)
  return text
}

const there = test.skipIf(!base)

there(`three sessions agree with the server over bad wires, from seed ${SEED}`, { timeout: 120_000 }, async () => {
  const r = random(SEED)
  const thread = await opened()
  const people = ['Ada', 'Ben', '소라'].map((name) => new Person(name, thread))
  let code = 0x4e00
  const typed = new Map<string, boolean>()
  await until('joined', () => people.every((p) => p.settled))
  for (let i = 0; i < rounds(600); i++) {
    const p = r.pick(people), what = r.below(100)
    if (what < 80 && p.session.phase === 'open') {
      const token = String.fromCharCode(code++), from = r.below(p.text.length + 1)
      const to = r.chance(0.2) ? Math.min(p.text.length, from + r.below(3)) : from
      for (const gone of p.text.slice(from, to)) if (typed.has(gone)) typed.set(gone, false)
      typed.set(token, true)
      p.host.edit({ changes: { from, to, insert: r.chance(0.1) ? `${token}\n` : token } })
    } else if (what < 84) p.line.cut()
    else if (what < 85) { await wait(0); p.crash(); p.sit() }
    if (r.chance(0.2)) await wait(r.below(5))
  }
  const text = await agree(thread, people)
  for (const [token, stays] of typed) expect(text.split(token).length - 1, `seed ${SEED}: ${token}`).toBe(stays ? 1 : 0)
  await until('nothing kept', () => people.every((p) => p.memory.boxes.size === 0))
  for (const p of people) p.crash()
})

there('edits made offline merge with as many of others', { timeout: 120_000 }, async () => {
  const thread = await opened('line\n'.repeat(100))
  const ada = new Person('Ada', thread), ben = new Person('Ben', thread)
  await until('joined', () => ada.settled && ben.settled)
  ada.line.plugged = false
  ada.line.cut()
  const r = random(SEED)
  const edits = rounds(500)
  for (let i = 0; i < edits; i++) ada.host.edit({ changes: { from: r.below(ada.text.length + 1), insert: 'a' } })
  for (let i = 0; i < edits; i++) ben.host.edit({ changes: { from: r.below(ben.text.length + 1), insert: 'b' } })
  await until('Ben is done', () => ben.settled)
  const start = performance.now()
  ada.line.plugged = true
  ada.line.now()
  await until('Ada is done', () => ada.settled && ada.session.rev >= 2 * edits)
  const merged = performance.now() - start
  await agree(thread, [ada, ben])
  expect(ada.text.match(/a/g)?.length).toBe(edits)
  expect(ada.text.match(/b/g)?.length).toBe(edits)
  console.log(`${edits} edits made offline and as many of others: all on disk ${Math.round(merged)} ms after the connection`)
  ada.crash()
  ben.crash()
})

there('lines are finished, versions named, titles changed and people seen', { timeout: 120_000 }, async () => {
  const thread = await opened('one\ntwo\n')
  const ada = new Person('Ada', thread), ben = new Person('Ben', thread)
  await until('joined', () => ada.settled && ben.settled)
  ada.host.edit({ changes: { from: 0, insert: 'zero\n' } })
  ada.session.submit(1, 1)
  const rev = await ada.session.nameVersion('draft')
  expect(rev).toBe(ada.session.rev - 1)
  await ada.session.rename('Another')
  await expect(ada.session.nameVersion('draft')).rejects.toMatchObject({ code: 'bad_value' })
  await agree(thread, [ada, ben])
  expect(ben.session.title).toBe('Another')
  ada.session.showSelection([[2, 4]])
  await until('cursor', () => ben.session.cursors.length === 1)
  expect(ben.session.cursors[0]).toMatchObject({ user: 'Ada', ranges: [[2, 4]], author: ada.session.author })
  await until('people', () => ben.session.people.length === 2)
  ada.crash()
  await until('gone', () => ben.session.cursors.length === 0)
  ben.crash()
})
