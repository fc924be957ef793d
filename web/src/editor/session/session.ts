// One thread in this editor and on the server: what a page needs to know and
// may do. The parts beneath: Peer (the algebra), Exchange (the conversation),
// ImeQueue (input methods), OutboxWriter (the outbox), Requests and Cursors.
//
// A session may be attached to a view before or after start; nothing is joined
// without one. Edits are taken while phase is 'open', whatever the link.

import { EditorState, Transaction, type Extension, type Text } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { Refused } from '../../base/api'
import { Requests } from './requests'
import { matches } from './beacon'
import { sanitize } from './sanitize'
import { Cursors, type Cursor } from './cursors'
import { listener, type EditorHost } from './host'
import { Exchange, type Link, type Phase } from './exchange'
import { ImeQueue, type Clock } from './ime-queue'
import { OutboxWriter } from './outbox-writer'
import { momentOf } from './moment'
import { claim, type Outbox } from './outbox'
import { bytes, Peer } from './peer'
import { Restore } from './restore'
import { Selection } from './selection'
import { wall, within, type SessionOptions, type SocketLike } from './options'
import { ulid } from './ulid'
import { decode, type Beacon, type LogEntry, type Message, type People, type Refusal, type Resumed, type Sent, type Whole } from './wire'

export { blameGiven, entryTaken, type Blame, type Entry } from './entry'
export type { Cursor } from './cursors'
export type { Link, Phase } from './exchange'
export type { SessionOptions, SocketLike } from './options'

export interface Problem { code: string; text: string }
export type Person = People['people'][number]

const SLOW = 5000 // ms for the store, and for a moment of the past

export class Session {
  readonly thread: string
  user: string
  title = ''
  /** The thread takes no edits now. */
  readonly = false
  /** When the next connection is tried, Unix milliseconds. */
  retryAt: number | null = null
  phase: Phase = 'opening'
  problem: Problem | null = null
  /** Who is in the thread. */
  people: Person[] = []
  author: string | null = null
  /** Belongs in the state of the view that is attached. */
  readonly extension: Extension

  private readonly peer: Peer
  private readonly hold: ImeQueue
  private readonly exchange: Exchange
  private readonly keeper: OutboxWriter
  private readonly asks: Requests
  private readonly seen: Cursors
  private readonly selection: Selection
  private readonly clock: Clock
  private readonly mint: () => string
  private readonly socket: SocketLike
  private desk: EditorHost | null = null
  private attached: (() => void)[] = []
  private revival: Restore | null = null // of an outbox that a dead page left
  private ready = false // the outbox was looked for, and what was in it stands here
  private taking = false
  private over = false
  private heard = new Set<() => void>()
  private told = true

  constructor(private readonly options: SessionOptions) {
    this.thread = options.thread
    this.user = options.user.normalize('NFC').trim()
    this.clock = options.clock ?? wall
    this.mint = options.mint ?? ulid
    const ours = (e: LogEntry): boolean => (this.author ? e.author === this.author : e.user === this.user)
    this.peer = new Peer(options.adopt?.client ?? this.mint(), ours)
    this.hold = new ImeQueue(this.peer, this.clock, (frame) => {
      this.taking = true
      try { this.exchange.admit(frame) } finally { this.taking = false }
    })
    this.exchange = new Exchange(this.peer, this.hold, this.clock, this.host())
    this.keeper = new OutboxWriter(options.store, this.clock, this.peer, {
      thread: this.thread,
      user: () => this.user,
      state: () => this.desk?.state ?? null,
      apart: () => this.link !== 'up',
      wrote: () => this.wrote(),
    })
    this.asks = new Requests(this.peer, ours)
    this.seen = new Cursors(this.peer)
    this.selection = new Selection(this.peer, this.clock, (frame) => this.exchange.joined && this.phase === 'open' && this.send(frame))
    this.extension = this.makeExtension()
    this.socket = options.socket({
      up: () => this.up(),
      down: (wait, code) => this.down(wait, code),
      text: (frame) => this.hear(frame),
    })
  }

  /** The revision up to which the log is taken in. */
  get rev(): number { return this.peer.rev }
  get link(): Link { return this.exchange.link }
  get client(): string { return this.peer.client }
  /** False: this browser keeps nothing, and edits live in this page only. */
  get kept(): boolean { return this.keeper.kept }
  /** The others', in the present text. */
  get cursors(): Cursor[] { return this.seen.list }

  /** Edits here that were not sent, edits on their way, and the revision of the last own one on disk (or of the text as it was loaded). */
  get saved(): { typed: number; sent: number; disk: number } {
    const sent = this.exchange.flying
    return { typed: Math.max(0, this.waiting - sent), sent, disk: this.peer.disk }
  }

  private get waiting(): number {
    return this.desk ? this.peer.waiting(this.desk.state) : 0
  }

  onChange(f: () => void): () => void {
    this.heard.add(f)
    return () => { this.heard.delete(f) }
  }

  private changed(): void {
    if (!this.told) return
    this.told = false
    queueMicrotask(() => {
      this.told = true
      for (const f of [...this.heard]) f()
    })
  }

  start(): void {
    if (typeof window !== 'undefined' && !this.options.adopt) {
      window.addEventListener('beforeunload', this.warn)
      window.addEventListener('online', this.online)
    }
    this.socket.open()
    void this.prepare()
  }

  stop(): void {
    this.over = true
    if (typeof window !== 'undefined') {
      window.removeEventListener('beforeunload', this.warn)
      window.removeEventListener('online', this.online)
    }
    this.exchange.stop()
    this.socket.close()
    this.selection.end()
    this.hold.clear()
    this.keeper.end()
  }

  private readonly warn = (e: BeforeUnloadEvent): void => { if (this.waiting > 0) e.preventDefault() }
  private readonly online = (): void => this.socket.now()

  retryNow(): void { this.socket.now() }

  attach(view: EditorHost | EditorView): void {
    this.desk = view
    for (const f of this.attached.splice(0)) f()
    if (this.ready) this.exchange.join()
  }

  /** detach ends the work on the view; what waits in it stays in the outbox. */
  detach(): void {
    this.exchange.leave()
    this.desk = null
    this.stop()
  }

  // The outbox.

  private async prepare(): Promise<void> {
    const { options } = this
    let box = options.adopt ?? null
    if (!box) {
      const mine = (b: Outbox): boolean => b.thread === this.thread && b.user === this.user
      try {
        box = await within(this.clock, SLOW, claim(options.store, mine))
        if (!box) await within(this.clock, SLOW, this.keeper.hold(this.client))
      } catch {
        this.keeper.kept = false
      }
    }
    if (!this.desk) await new Promise<void>((done) => this.attached.push(done))
    if (box) await this.revive(box)
    if (this.over || this.phase !== 'opening' && this.phase !== 'open') return
    this.ready = true
    this.exchange.join()
    this.changed()
  }

  /** revive puts what an outbox has on top of the text that it is based on. */
  private async revive(box: Outbox): Promise<void> {
    this.exchange.client = box.client
    this.keeper.adopted(box)
    this.revival = new Restore(box, this.peer, (rev) => within(this.clock, SLOW, (this.options.moment ?? momentOf)(this.thread, rev)))
    const outcome = await this.revival.run(() => (this.over ? null : this.desk))
    if (this.over) return
    if (outcome) return this.halt(outcome.phase, outcome.code, outcome.text)
    this.phase = 'open'
    this.changed()
  }

  private wrote(): void {
    if (!this.over) this.exchange.settle()
    this.changed()
  }

  private keep(): void {
    if (this.peer.loaded && this.desk && !this.over) this.keeper.note()
  }

  // The connection.

  private up(): void {
    this.retryAt = null
    this.changed()
    this.exchange.link = 'up'
    this.revival?.connected()
    if (this.revival?.blameless) void this.blamed()
    else this.exchange.up()
  }

  private async blamed(): Promise<void> {
    await this.revival!.blame(() => (this.link === 'up' && !this.over ? this.desk : null))
    if (!this.over && this.link === 'up') this.exchange.up()
  }

  private down(wait: number, code?: number): void {
    this.retryAt = this.clock.now() + wait
    this.exchange.down(code)
    this.asks.cut()
    this.seen.clear()
    this.people = []
    if (this.waiting > 0) this.keep()
    this.changed()
  }

  private send(m: Sent): boolean {
    return this.socket.send(JSON.stringify(m))
  }

  private hear(frame: string): void {
    const m = decode(frame)
    if (!m || this.over) return
    this.serve(m)
    this.changed()
  }

  private serve(m: Message): void {
    switch (m.type) {
      case 'whole': return this.exchange.start(m)
      case 'resumed': return this.exchange.resumed(m)
      case 'update': return this.exchange.update(m)
      case 'error': return this.exchange.error(m)
      case 'beacon':
        if (m.id === this.thread && m.rev === this.rev && this.level) void this.compare(m)
        return
      case 'cursor':
        if (m.id === this.thread && m.client !== this.client && this.desk) this.seen.see(this.desk.state, m)
        return
      case 'people':
        if (m.id === this.thread) this.meet(m)
    }
  }

  private async compare(m: Beacon): Promise<void> {
    const same = await matches(m, this.peer.base, this.desk!.state.doc)
    if (!same && !this.over && this.phase === 'open') this.exchange.diverge()
  }

  /** level: nothing waits in either direction. */
  private get level(): boolean {
    return this.exchange.joined && this.phase === 'open' && this.hold.empty && this.waiting === 0
  }

  private meet(m: People): void {
    this.people = m.people
    this.author ??= m.people.find((p) => p.user === this.user)?.author ?? null
    if (m.people.length >= m.total) this.seen.stay(new Set(m.people.filter((p) => p.mode === 'text').map((p) => p.author)))
  }

  private halt(phase: 'stuck' | 'refused', code: string, text: string): void {
    this.phase = phase
    this.problem = { code, text }
    this.exchange.leave()
    this.asks.drop(code)
    this.seen.clear()
    this.changed()
  }

  private host() {
    const session = this
    return {
      get thread() { return session.thread },
      get user() { return session.user },
      get phase() { return session.phase },
      get readonly() { return session.readonly },
      get desk() { return session.ready ? session.desk : null },
      send: (m: Sent) => session.send(m),
      upTo: () => session.keeper.upTo(session.peer.client),
      mint: () => session.mint(),
      joined(m: Whole | Resumed) {
        session.title = m.title
        session.readonly = m.readonly
        session.phase = 'open'
        session.problem = null
        if (m.type === 'whole') session.author ??= m.blame.authors?.find((a) => a.name === session.user && a.kind === 'person')?.id ?? null
        session.selection.due()
      },
      loaded() {
        session.seen.forget()
        session.keep()
      },
      took: (entries: readonly LogEntry[]) => session.took(entries),
      idle() {
        const frame = session.desk && session.asks.next(session.desk.state)
        if (frame) session.send(frame)
      },
      stop: (phase: 'stuck' | 'refused', code: string, text: string) => session.halt(phase, code, text),
      refused(m: Refusal) {
        if (session.asks.refused(m)) session.clock.later(1000, () => session.exchange.settle())
        else session.exchange.settle()
      },
      readOnly() { session.readonly = true },
      rebound() { session.keep() },
      changed() { session.changed() },
    }
  }

  private took(entries: readonly LogEntry[]): void {
    for (const e of entries) {
      if (e.client !== null && e.client === this.peer.client) this.author = e.author
      if (e.kind === 'renamed' && e.title !== undefined) this.title = e.title
    }
    this.seen.took(this.desk!.state, entries)
    this.asks.took(entries)
    if (this.waiting === 0) this.selection.level()
    this.keep()
    this.changed()
  }

  // The text.

  private makeExtension(): Extension {
    return [
      this.peer.extension,
      sanitize,
      EditorState.changeFilter.of((tr) => this.admits(tr)),
      listener.of((trs) => this.noticed(trs)),
      EditorView.updateListener.of((update) => this.noticed(update.transactions)),
      EditorView.domEventObservers({
        // The composition is in the state only when the browser is done with the event.
        compositionend: () => { setTimeout(() => { if (this.desk && !this.over) this.hold.release(this.desk) }, 0) },
      }),
    ]
  }

  /** How many bytes of UTF-8 the thread's text may have. */
  get room(): number { return this.exchange.limits.text }

  /** admits says whether an edit may be made: one that could never be sent may not. */
  private admits(tr: Transaction): boolean {
    if (!tr.docChanged) return true
    if (this.phase !== 'open' || this.readonly) return false
    const { frame, text } = this.exchange.limits
    const grown = tr.changes.newLength - tr.changes.length
    const over = grown > 0 && ((tr.changes.newLength * 3 > text && bytes(tr.newDoc.toString()) > text)
      || (grown * 6 > frame / 2 && bytes(JSON.stringify(tr.changes.toJSON())) > frame - 2048))
    if (over) this.problem = { code: 'too_large', text: 'more text than a thread may have' }
    else if (this.problem) this.problem = null
    else return true
    this.changed()
    return !over
  }

  private noticed(transactions: readonly Transaction[]): void {
    if (!transactions.some((tr) => tr.docChanged)) return
    this.seen.map(transactions)
    this.asks.map(transactions)
    this.selection.map(transactions)
    if (this.taking || transactions.every((tr) => !tr.docChanged || tr.annotation(Transaction.remote))) return
    this.keep()
    this.exchange.settle()
    this.changed()
  }

  confirmed(): { rev: number; text: Text } {
    return { rev: this.peer.rev, text: this.peer.base }
  }

  toConfirmed(pos: number): number {
    return this.desk ? this.peer.toConfirmed(this.desk.state, pos) : pos
  }

  submit(fromLine: number, toLine: number): void {
    if (this.desk && this.phase === 'open') void this.ask(this.asks.submit(this.desk.state, fromLine, toLine)).catch(() => {})
  }

  /** nameVersion names what is in the log when all edits made so far are; it gives that revision. */
  async nameVersion(name: string): Promise<number> {
    const e = await this.ask(this.asks.version(this.open(), name.normalize('NFC').trim()))
    return e.of ?? e.rev
  }

  async rename(title: string): Promise<void> {
    await this.ask(this.asks.rename(this.open(), title.normalize('NFC').trim()))
  }

  private open(): EditorState {
    if (!this.desk || this.phase !== 'open') throw new Refused('not_joined', 'the thread is not open', 0)
    return this.desk.state
  }

  private ask(answer: Promise<LogEntry>): Promise<LogEntry> {
    this.exchange.settle()
    return answer
  }

  /** showSelection tells the others where we are, at most ten times a second; [] takes it back. */
  showSelection(ranges: [number, number][]): void {
    if (this.desk) this.selection.show(ranges, () => this.desk?.state ?? null)
  }

  // Ways out of stuck.

  rescue(): { text: string; base: string | null } {
    return { text: this.desk?.state.doc.toString() ?? '', base: this.peer.loaded ? this.peer.base.toString() : null }
  }

  takeTheirs(): void { this.giveUp(null) }
  putMine(text: string): void { this.giveUp(text) }

  private giveUp(mine: string | null): void {
    if (this.phase !== 'stuck') return
    this.phase = 'opening'
    this.problem = null
    this.ready = true
    this.exchange.giveUp = { mine }
    this.exchange.client = this.mint()
    this.exchange.join()
    this.changed()
  }
}
