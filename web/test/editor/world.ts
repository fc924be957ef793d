// People with browsers, wires and an authority, all in one thread, with a
// clock that the test moves.

import { EditorState, type TransactionSpec } from '@codemirror/state'
import type { Listener } from '../../src/base/socket'
import { Refused } from '../../src/base/api'
import { HeadlessHost } from '../../src/editor/session/host'
import { Session } from '../../src/editor/session/session'
import type { SocketLike } from '../../src/editor/session/options'
import { undoing } from '../../src/editor/undoing'
import { Authority, THREAD, type Frame, type Line } from './authority'
import { Memory, Page } from './memory'

export class Clock {
  time = 1_000_000
  private timers: { at: number; f: () => void }[] = []

  now(): number { return this.time }

  later(ms: number, f: () => void): () => void {
    const timer = { at: this.time + ms, f }
    this.timers.push(timer)
    return () => { this.timers = this.timers.filter((t) => t !== timer) }
  }

  advance(ms: number): void {
    const end = this.time + ms
    for (;;) {
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.time = Math.max(this.time, next.at)
      this.timers = this.timers.filter((t) => t !== next)
      next.f()
    }
    this.time = end
  }
}

/** settled lets the promises run that wait for nothing else. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 16; i++) await null
}

/** A connection. Frames on it still reach the server after the person lost it. */
export class Wire implements Line {
  up: Frame[] = []
  down: Frame[] = []
  lost = false // for the person

  constructor(readonly person: Person) {}

  deliver(frame: Frame): void { this.down.push(JSON.parse(JSON.stringify(frame)) as Frame) }
  closed(code: number): void { this.down.push({ closed: code }) }

  /** carry brings one frame to the server. */
  carry(): void {
    const frame = this.up.shift()
    if (process.env.TRACE && frame) console.log(this.person.name, this.lost ? 'LATE' : '', '→', JSON.stringify(frame))
    if (frame) this.person.world.authority.take(this, frame)
  }

  /** bring hands one frame to the person. */
  bring(): void {
    const frame = this.down.shift()
    if (!frame || this.lost) return
    if (process.env.TRACE) console.log(this.person.name, '←', JSON.stringify(frame).slice(0, 600))
    if ('closed' in frame) this.person.cut(frame.closed as number)
    else this.person.listener!.text(JSON.stringify(frame))
  }
}

export class Person implements SocketLike {
  host!: HeadlessHost
  session!: Session
  page!: Page
  listener: Listener | null = null
  wire: Wire | null = null
  plugged = true
  readonly memory = new Memory()
  tuned: (session: Session) => void = () => {}

  constructor(readonly world: World, public name: string) {}

  /** sit opens the thread in a new page. */
  sit(): void {
    this.page = new Page(this.memory)
    const { clock } = this.world
    const session = this.session = new Session({
      thread: THREAD, user: this.name, store: this.page, clock, mint: () => this.world.mint(),
      socket: (listener) => { this.listener = listener; return this },
      moment: async (_, rev) => {
        if (!this.plugged) throw new Refused('offline', 'no', 0)
        return { text: this.world.authority.textAt(rev)?.toString() ?? '', blame: { authors: [], spans: [], lines: [] } }
      },
    })
    this.tuned(session)
    this.host = new HeadlessHost(EditorState.create({ extensions: [session.extension, undoing()] }))
    session.attach(this.host)
    session.start()
  }

  /** crash ends the page without a goodbye. */
  crash(): void {
    this.lose()
    this.page.die()
    this.session.stop()
    this.listener = null
  }

  open(): void { this.now() }
  close(): void { this.lose() }
  now(): void {
    if (this.wire || !this.plugged || !this.listener) return
    this.wire = new Wire(this)
    this.world.wires.push(this.wire)
    this.listener.up()
  }

  send(text: string): boolean {
    if (!this.wire) return false
    this.wire.up.push(JSON.parse(text) as Frame)
    return true
  }

  private lose(): void {
    if (this.wire) this.wire.lost = true
    this.wire = null
  }

  cut(code?: number): void {
    if (!this.wire) return
    this.lose()
    this.listener!.down(100, code)
  }

  edit(...specs: TransactionSpec[]): void { this.host.edit(...specs) }

  get text(): string { return this.host.state.doc.toString() }
  get waiting(): number { const { typed, sent } = this.session.saved; return typed + sent }

  compose(on: boolean): void {
    this.host.composing = on
    if (!on) this.session.compositionEnded()
  }
}

export class World {
  clock = new Clock()
  wires: Wire[] = []
  people: Person[] = []
  private minted = 0

  constructor(public authority: Authority, ...names: string[]) {
    this.people = names.map((name) => new Person(this, name))
  }

  mint(): string { return String(++this.minted).padStart(26, '0') }

  /** quiet carries everything to everybody until nothing is left to carry. */
  async quiet(rounds = 1000): Promise<void> {
    for (let i = 0; i < rounds; i++) {
      await settled()
      const busy = this.wires.filter((w) => w.up.length > 0 || w.down.length > 0)
      if (busy.length === 0) return
      for (const w of busy) { w.carry(); w.bring() }
      this.wires = this.wires.filter((w) => !w.lost || w.up.length > 0)
    }
    throw new Error('never quiet')
  }

  /** restart has the server begin again from its log; all connections end. */
  restart(): void {
    this.authority = this.authority.restarted()
    for (const w of this.wires) { w.up = []; w.down = [] }
    this.wires = []
    for (const p of this.people) p.cut()
  }
}
