// One thread in this editor and on the server: what a page shows of it and may
// do. A session makes the parts and connects them:
//
//   socket → Exchange → ImeQueue → Peer → the editor's transaction
//                                           → Cursors, Requests, Selection, OutboxWriter, blame
//
// A session may be attached to an editor before or after start; it joins once it
// is. It accepts edits while phase is 'open', connected or not.

import { EditorState, Transaction, type Extension, type Text } from '@codemirror/state'
import { Refused } from '../../base/api'
import type { Cursor } from './cursors'
import { entryTaken, type Entry, type LogEntry } from './entry'
import { Exchange, type Link, type Phase, type Problem } from './exchange'
import { transactionListener, type EditorHost } from './host'
import { momentOf } from './moment'
import { wall, within, type Clock, type SessionOptions, type SocketLike } from './options'
import { claim, type Outbox } from './outbox'
import { OutboxWriter } from './outbox-writer'
import { bytes, Peer } from './peer'
import { Presence, type Me, type Person } from './presence'
import { Requests } from './requests'
import { Restore } from './restore'
import { sanitize } from './sanitize'
import { Selection } from './selection'
import { Signal } from './signal'
import { ulid } from '../../base/ulid'

const SLOW = 5000 // ms for the store, and for a moment of the past

export class Session {
  readonly thread: string
  readonly me: Me
  /** When the next connection is tried, Unix milliseconds. */
  retryAt: number | null = null
  /** Belongs in the state of the editor that is attached. */
  readonly extension: Extension

  private readonly clock: Clock
  private readonly signal = new Signal()
  private readonly socket: SocketLike
  private readonly peer: Peer
  private readonly writer: OutboxWriter
  private readonly requests: Requests
  private readonly selection: Selection
  private readonly presence: Presence
  private readonly exchange: Exchange
  private attached: (() => void)[] = []
  private restore: Restore | null = null // of an outbox that a closed page left
  private over = false

  constructor(private readonly options: SessionOptions) {
    const { thread, store, mint = ulid } = options
    const clock = this.clock = options.clock ?? wall
    const settle = (): void => this.exchange.settle()
    const me = this.me = { user: options.user.normalize('NFC').trim(), author: null as string | null }
    const byUs = (e: LogEntry): boolean => (me.author ? e.author === me.author : e.user === me.user)
    const peer = this.peer = new Peer(options.adopt?.client ?? mint(), byUs)
    this.thread = thread
    this.socket = options.socket({
      up: () => this.up(),
      down: (wait, code) => this.down(wait, code),
      text: (frame) => this.exchange.hear(frame),
    })
    this.writer = new OutboxWriter(store, clock, peer, thread, me, settle)
    this.requests = new Requests(peer)
    this.selection = new Selection(peer, clock, settle)
    this.presence = new Presence(peer, me)
    const { socket, signal, writer, requests, selection, presence } = this
    this.exchange = new Exchange({ thread, me, mint, clock, socket, signal, peer, writer, requests, selection, presence })
    this.extension = [
      peer.extension,
      sanitize,
      EditorState.changeFilter.of((tr) => this.admits(tr)),
      transactionListener.of((transactions) => this.follow(transactions)),
    ]
  }

  get user(): string { return this.me.user }
  get author(): string | null { return this.me.author }
  get title(): string { return this.exchange.title }
  /** The thread accepts no edits now. */
  get readonly(): boolean { return this.exchange.readonly }
  /** The server does not know the thread, whose text is here. Edits wait until it does. */
  get unknown(): boolean { return this.exchange.unknown }
  /** ahead is how far the log's times were ahead of the server's clock at the last join, in ms. */
  get ahead(): number { return this.exchange.ahead }
  get link(): Link { return this.exchange.link }
  get phase(): Phase { return this.exchange.phase }
  get problem(): Problem | null { return this.exchange.problem }
  /** The last revision that the editor took in. */
  get rev(): number { return this.peer.rev }
  get client(): string { return this.peer.client }
  /** False: this browser stores nothing, and edits live in this page only. */
  get kept(): boolean { return this.writer.kept }
  /** Who is in the thread. */
  get people(): Person[] { return this.presence.people }
  /** The others', in the text here. */
  get cursors(): Cursor[] { return this.presence.cursors.list }
  /** How many bytes of UTF-8 the thread's text may have. */
  get room(): number { return this.exchange.limits.text }

  /** Edits here that were not sent, edits on their way, and the revision of the last own one on disk (or of the text as it was loaded). */
  get saved(): { typed: number; sent: number; disk: number } {
    const sent = this.exchange.flying
    return { typed: Math.max(0, this.peer.waiting - sent), sent, disk: this.peer.disk }
  }

  /** onChange calls f after each change of the session until the returned function is called. */
  onChange(f: () => void): () => void { return this.signal.onChange(f) }

  start(): void {
    this.socket.open()
    void this.prepare()
  }

  stop(): void {
    this.over = true
    this.writer.end()
    this.exchange.end()
    this.socket.close()
    this.selection.end()
    this.peer.host = null
  }

  retryNow(): void { this.socket.now() }

  attach(host: EditorHost): void {
    this.peer.host = host
    for (const f of this.attached.splice(0)) f()
  }

  // The outbox.

  private async prepare(): Promise<void> {
    const { clock, peer, exchange, writer } = this
    let box = this.options.adopt ?? null
    if (!box) {
      const mine = (b: Outbox): boolean => b.thread === this.thread && b.user === this.user
      try {
        box = await within(clock, SLOW, claim(this.options.store, mine))
        if (!box) await within(clock, SLOW, writer.lock(this.client))
      } catch {
        writer.kept = false
      }
    }
    if (!peer.host) await new Promise<void>((done) => this.attached.push(done))
    if (box) await this.putBack(box)
    if (this.over || exchange.phase === 'stuck' || exchange.phase === 'refused') return
    exchange.begin()
    this.signal.changed()
  }

  private async putBack(box: Outbox): Promise<void> {
    const { clock, exchange, thread } = this
    exchange.client = box.client
    this.writer.adopt(box)
    this.restore = new Restore(box, this.peer, (rev) => within(clock, SLOW, (this.options.moment ?? momentOf)(thread, rev)))
    const failure = await this.restore.run()
    if (this.over) return
    if (failure) return exchange.halt(failure.phase, failure.code, failure.text)
    exchange.phase = 'open'
    this.signal.changed()
  }

  // The connection.

  private up(): void {
    this.retryAt = null
    this.writer.apart = false
    this.exchange.link = 'up'
    this.signal.changed()
    this.restore?.connected()
    if (this.restore?.blameless) void this.blameFirst(this.restore)
    else this.exchange.up()
  }

  private async blameFirst(restore: Restore): Promise<void> {
    const connected = (): boolean => this.link === 'up' && !this.over
    await restore.blame(connected)
    if (connected()) this.exchange.up()
  }

  private down(wait: number, code?: number): void {
    this.retryAt = this.clock.now() + wait
    this.writer.apart = true
    this.exchange.down(code)
    if (this.peer.waiting > 0) this.writer.note()
    this.signal.changed()
  }

  // The text.

  /** admits reports whether an edit may be made; one that no thread has room for may not. */
  private admits(tr: Transaction): boolean {
    const { exchange } = this
    if (!tr.docChanged) return true
    if (exchange.phase !== 'open' || exchange.readonly) return false
    const { text, lines } = exchange.limits
    const large = tr.changes.newLength > tr.changes.length && tr.changes.newLength * 3 > text && bytes(tr.newDoc.toString()) > text
    const long = tr.newDoc.lines > lines && tr.newDoc.lines > tr.startState.doc.lines
    const over = large || long
    const problem = over ? { code: large ? 'too_large' : 'too_many_lines', text: 'the text would be larger than a thread may be' } : null
    if (problem || exchange.problem) {
      exchange.problem = problem
      this.signal.changed()
    }
    return !over
  }

  /** follow passes on the editor's transactions, those with entries of the log among them. */
  private follow(transactions: readonly Transaction[]): void {
    const entries = transactions.some((tr) => tr.effects.some((e) => e.is(entryTaken)))
    if (!entries && !transactions.some((tr) => tr.docChanged)) return
    this.peer.follow(transactions)
    this.presence.cursors.follow(transactions)
    this.requests.follow(transactions)
    this.selection.follow(transactions)
    const typed = transactions.some((tr) => tr.docChanged && !tr.annotation(Transaction.remote))
    if (typed || entries) this.writer.note()
    if (typed) this.exchange.settle()
    this.signal.changed()
  }

  /** compositionEnded lets in the frames that waited for an input method. */
  compositionEnded(): void {
    if (!this.over) this.exchange.admit()
  }

  /** confirmed is the log's text, as far as it is known here. */
  confirmed(): { rev: number; text: Text } {
    return { rev: this.peer.rev, text: this.peer.base }
  }

  /** toConfirmed maps a position of the text here to the log's text. */
  toConfirmed(pos: number): number { return this.peer.toConfirmed(pos) }

  /** submit finishes lines of the text here, from 0, both inclusive. */
  submit(fromLine: number, toLine: number): void {
    if (this.peer.host && this.phase === 'open') this.ask(() => this.requests.submit(fromLine, toLine)).catch(() => {})
  }

  /** nameVersion names the text of the log once all edits made so far are in it; it resolves to that revision. */
  async nameVersion(name: string): Promise<number> {
    const e = await this.ask(() => this.requests.version(name.normalize('NFC').trim()))
    return e.of ?? e.rev
  }

  async rename(title: string): Promise<void> {
    await this.ask(() => this.requests.rename(title.normalize('NFC').trim()))
  }

  private async ask(request: () => Promise<Entry>): Promise<Entry> {
    if (!this.peer.host || this.phase !== 'open') throw new Refused('not_joined', 'the thread is not open', 0)
    const answer = request()
    this.exchange.settle()
    return answer
  }

  /** showSelection shows the others where this person is, at most ten times a second; [] hides it. */
  showSelection(ranges: [number, number][]): void {
    if (this.peer.host) this.selection.show(ranges)
  }

  // Ways out of being stuck.

  rescue(): { text: string; base: string | null } {
    return { text: this.peer.host?.state.doc.toString() ?? '', base: this.peer.loaded ? this.peer.base.toString() : null }
  }

  takeTheirs(): void { this.giveUp(null) }
  putMine(text: string): void { this.giveUp(text) }

  private giveUp(mine: string | null): void {
    if (this.phase !== 'stuck') return
    this.exchange.giveUp(mine)
    this.signal.changed()
  }
}
