// The conversation with the server about one thread: join, take in all entries
// up to the head, then send. An entry goes from here to the peer, whose
// transaction brings it to everything else.
//
// Whether an edit got through a connection that broke is known once the next
// connection, joined as the same client, has reached the head: that join ends
// the older connection. Only then is anything sent again, and only then may a
// client that somebody else took over go on under another id.

import { Text, type ChangeSet } from '@codemirror/state'
import { matches } from './beacon'
import { carried, difference } from './difference'
import { ImeQueue } from './ime-queue'
import type { Clock, SocketLike } from './options'
import type { OutboxWriter } from './outbox-writer'
import { Diverged, type Peer } from './peer'
import type { Me, Presence } from './presence'
import { Pushes } from './pushes'
import type { Requests } from './requests'
import type { Selection } from './selection'
import type { Signal } from './signal'
import { decode, type Beacon, type Limits, type Message, type Refusal, type Resumed, type Sent, type Update, type Whole } from './wire'

export type Link = 'connecting' | 'up' | 'down'
/** stuck: the text here cannot be reconciled with the log; refused: the thread cannot be joined. */
export type Phase = 'opening' | 'open' | 'stuck' | 'refused'
export interface Problem { code: string; text: string }

const PAUSE = 1000 // ms, up to twice that, until a push or join is tried again that the server could not serve now
const AGAIN = 1000 // ms until a request is
const UNKNOWN = 5000 // ms until a join is that asked for a thread which the server does not know
const REPLACED = 4001 // the close after which our client id is somebody else's
const TOO_LARGE = 1009 // the close that answers a frame over the limit
const FOR_NOW = new Set(['unavailable', 'rate_limited'])
const FORBIDDEN = 3 // client ids in a row that are other authors'
const STALE = 9 // pushes refused in a row without anything new to take in

export interface Parts {
  thread: string
  me: Me
  mint: () => string
  clock: Clock
  socket: SocketLike
  signal: Signal
  peer: Peer
  writer: OutboxWriter
  requests: Requests
  selection: Selection
  presence: Presence
}

export class Exchange {
  link: Link = 'connecting'
  phase: Phase = 'opening'
  problem: Problem | null = null
  title = ''
  /** The thread accepts no edits now. */
  readonly = false
  /** The server does not know the thread, whose text is here: it may run on another log for a moment. */
  unknown = false
  /** How far the log's times were ahead of the server's clock at the last join, in ms. */
  ahead = 0
  client: string // as which we join; our edits are numbered under the peer's
  joined = false
  limits: Limits = { frame: 1 << 20, changes: 1000, edits: 10_000, text: 4 << 20, lines: 200_000 }

  private readonly pushes: Pushes
  private readonly queue: ImeQueue
  private ready = false // joining is allowed
  private over = false
  private asked = false // a join is under way
  private head = 0 // must be reached before anything is sent
  private whole = false // the next join asks for the whole text
  private recast = false // and is due as soon as nothing is under way
  private given: { mine: string | null } | null = null // at the next join the server's text replaces ours; then mine goes on top
  private forbidden = 0 // joins in a row
  private resume: (() => void) | null = null // ends a pause

  constructor(private readonly parts: Parts) {
    const { peer, clock, writer } = parts
    this.client = peer.client
    this.pushes = new Pushes(peer, writer)
    this.queue = new ImeQueue(peer, clock, () => this.admit())
  }

  /** flying is the number of edits under way. */
  get flying(): number { return this.pushes.flying }

  /** level: nothing waits in either direction. */
  private get level(): boolean {
    return this.joined && this.phase === 'open' && this.queue.empty && this.parts.peer.waiting === 0
  }

  // The connection.

  up(): void {
    this.link = 'up'
    this.join()
  }

  down(code?: number): void {
    this.link = 'down'
    const sendable = this.pushes.broke(code === TOO_LARGE)
    this.quiet()
    this.parts.requests.disconnected()
    this.parts.presence.disconnected()
    if (code === REPLACED) this.client = this.parts.mint()
    if (!sendable) this.halt('stuck', 'too_large', 'the edit does not fit into a frame')
  }

  /** begin allows joining: the editor is there, with the text of its outbox if it had one. */
  begin(): void {
    this.ready = true
    this.join()
  }

  /** end stops the conversation for good. */
  end(): void {
    if (this.joined || this.asked) this.send({ type: 'leave' })
    this.over = true
    this.queue.clear()
    this.quiet()
  }

  /** halt stops the conversation until the person decides. */
  halt(phase: 'stuck' | 'refused', code: string, text: string): void {
    const { requests, presence, signal } = this.parts
    this.phase = phase
    this.problem = { code, text }
    if (this.joined || this.asked) this.send({ type: 'leave' })
    this.queue.clear()
    this.quiet()
    requests.drop(code)
    presence.disconnected()
    signal.changed()
  }

  /** giveUp ends being stuck: the server's text replaces ours, and mine goes on top as an edit. */
  giveUp(mine: string | null): void {
    this.phase = 'opening'
    this.problem = null
    this.given = { mine }
    this.client = this.parts.mint()
    this.begin()
  }

  private quiet(): void {
    this.joined = this.asked = this.unknown = false
    this.pushes.disconnected()
    this.unpause()
  }

  private send(m: Sent): boolean {
    return this.parts.socket.send(JSON.stringify(m))
  }

  /** hear takes in one text frame. */
  hear(frame: string): void {
    const m = decode(frame)
    if (!m || this.over) return
    this.serve(m)
    this.parts.signal.changed()
  }

  private serve(m: Message): void {
    const { thread, presence } = this.parts
    switch (m.type) {
      case 'whole': return this.start(m)
      case 'resumed': return this.resumed(m)
      case 'update': return this.update(m)
      case 'error': return this.error(m)
      case 'beacon': return void this.compare(m)
      case 'cursor': case 'people': if (m.id === thread) presence.hear(m)
    }
  }

  // Joining.

  /** join asks for the thread, from where we are; nothing happens while that cannot be. */
  private join(): void {
    const { thread, me, peer } = this.parts
    if (this.link !== 'up' || this.asked || this.joined || !this.ready || !peer.host || this.phase === 'stuck' || this.phase === 'refused') return
    const at = this.queue.reached
    const resume = peer.loaded && !this.whole && !this.given
    this.asked = this.send({ type: 'join', user: me.user, id: thread, mode: 'text', client: this.client, ...(resume ? { since: at.rev, chain: at.chain } : {}) })
  }

  private rejoin(): void {
    this.joined = this.asked = false
    this.pushes.disconnected()
    this.join()
  }

  /** renew joins as another client. */
  private renew(): void {
    this.client = this.parts.mint()
    this.rejoin()
  }

  /** start takes in the whole text. */
  private start(m: Whole): void {
    const { thread, me, peer, writer } = this.parts
    if (!this.asked || !peer.host || m.thread !== thread) return
    const { pending } = peer
    const first = !peer.loaded, { given } = this
    const text = Text.of(m.text.split('\n'))
    const gone = m.reset && (pending.length > 0 || !text.eq(peer.base)) // the log lacks what it had on disk
    if (!given && (gone || (pending.length > 0 && !this.whole))) return this.halt('stuck', 'reset', 'the log is not the one that was edited here')
    let ours: ChangeSet[] = []
    try {
      if (pending.length > 0 && !given) ours = carried(peer.base, text, pending)
    } catch (e) {
      return this.halt('stuck', 'diverged', String(e))
    }
    this.queue.clear()
    this.whole = this.recast = false
    this.given = null
    peer.reload({ rev: m.rev, chain: m.chain, text, blame: m.blame }, ours)
    this.enter(m, m.rev)
    me.author ??= m.blame.authors?.find((a) => a.name === me.user && a.kind === 'person')?.id ?? null
    writer.note()
    if (given?.mine != null) {
      const changes = difference(text, Text.of(given.mine.split(/\r\n?|\n/)))
      if (!changes.empty) peer.host.dispatch([peer.host.state.update({ changes })])
    }
    if (first || given) this.settle()
    else this.renew() // the numbers of our edits may be others there
  }

  private resumed(m: Resumed): void {
    if (!this.asked || m.thread !== this.parts.thread) return
    this.enter(m, m.head)
    if (m.rev !== this.queue.reached.rev) return this.broken(new Diverged(`resumed at ${m.rev}`))
    this.settle()
  }

  private enter(m: Whole | Resumed, head: number): void {
    this.asked = this.unknown = false
    this.joined = true
    this.head = head
    this.limits = m.limits
    this.title = m.title
    this.readonly = m.readonly
    this.ahead = m.ahead
    this.phase = 'open'
    this.problem = null
    this.forbidden = 0
    this.pushes.joined()
    this.parts.selection.joined()
  }

  // Entries.

  private update(m: Update): void {
    const { thread, peer } = this.parts
    if (!this.joined || !peer.host || m.id !== thread) return
    const { rev } = this.queue.reached
    const fresh = m.updates.filter((e) => e.rev > rev)
    if (fresh.length === 0) return
    if (fresh[0]!.rev !== rev + 1) return this.rejoin() // something was lost on the way
    this.queue.add({ ...m, updates: fresh })
    this.admit()
  }

  /** admit takes in the frames that no input method holds back. */
  admit(): void {
    const { peer, me } = this.parts
    for (let m = peer.host && this.queue.next(); m; m = peer.host && this.queue.next()) {
      try {
        peer.take(m.updates, m.chain)
      } catch (e) {
        return this.broken(e)
      }
      for (const e of m.updates) {
        if (e.client !== null && e.client === peer.client) me.author = e.author
        if (e.kind === 'renamed' && e.title !== undefined) this.title = e.title
      }
      this.settle()
    }
  }

  private async compare(m: Beacon): Promise<void> {
    const { thread, peer } = this.parts
    if (m.id !== thread || m.rev !== peer.rev || !this.level) return
    const same = await matches(m, peer.base, peer.host!.state.doc)
    if (!same && !this.over && this.phase === 'open') this.diverge()
  }

  /** diverge asks for the whole text: ours is not the log's. */
  private diverge(): void {
    this.send({ type: 'diverged', rev: this.parts.peer.rev })
    this.recast = true
    this.settle()
  }

  private broken(e: unknown): void {
    const { peer } = this.parts
    const text = e instanceof Error ? e.message : String(e)
    this.send({ type: 'diverged', rev: peer.rev })
    this.queue.clear()
    // Nobody could say now which of the edits that were sent are in the log.
    if (peer.sent > peer.confirmed) return this.halt('stuck', 'diverged', text)
    this.whole = true
    this.rejoin()
  }

  // Sending.

  /** settle does what is due next: join again, or send. */
  settle(): void {
    const { peer, writer, signal } = this.parts
    this.pushes.settle()
    signal.changed()
    if (!this.joined || this.phase !== 'open' || peer.rev < this.head) return
    if (peer.worn && this.client === peer.client) return this.renew()
    if (this.client !== peer.client) {
      peer.rebind(this.client)
      writer.note()
    }
    if (this.recast && !this.pushes.underWay) {
      this.whole = true
      return this.rejoin()
    }
    this.say()
  }

  /** say sends what may go out now. */
  private say(): void {
    const { requests, selection } = this.parts
    this.pushes.paused = this.resume !== null || this.recast || this.readonly
    for (const frame of [this.pushes.next(this.limits), requests.next(), selection.next()]) if (frame) this.send(frame)
  }

  // Refusals.

  private error(m: Refusal): void {
    if (m.re === 'join') return this.joinRefused(m)
    if (m.re === 'update') return this.pushRefused(m)
    if (this.parts.requests.refused(m)) this.parts.clock.later(AGAIN, () => this.settle())
    else this.settle()
  }

  private joinRefused(m: Refusal): void {
    if (!this.asked) return
    this.asked = false
    if (FOR_NOW.has(m.code)) return this.pause(() => this.join())
    if (m.code === 'forbidden' && ++this.forbidden < FORBIDDEN) { // the id is another author's
      this.client = this.parts.mint()
      return this.join()
    }
    if (m.code === 'not_found' && this.parts.peer.loaded) {
      this.unknown = true
      return this.pause(() => this.join(), UNKNOWN)
    }
    this.halt('refused', m.code, m.text)
  }

  private pushRefused(m: Refusal): void {
    if (!this.joined || !this.pushes.underWay) return
    this.pushes.disconnected()
    if (m.code === 'not_joined') return this.rejoin()
    if (m.code === 'read_only') { this.readonly = true; return }
    if (FOR_NOW.has(m.code)) return this.pause(() => this.settle())
    if (m.code !== 'stale') return this.halt('stuck', m.code, m.text)
    this.head = Math.max(this.head, m.head)
    const futile = this.head <= this.parts.peer.rev // there is nothing to take in first
    if (this.pushes.refused(futile) > STALE) return this.renew() // our numbers are not the server's
    this.settle()
  }

  private pause(then: () => void, ms = PAUSE): void {
    this.unpause()
    this.resume = this.parts.clock.later(ms * (1 + Math.random()), () => { this.resume = null; then() })
  }

  private unpause(): void {
    this.resume?.()
    this.resume = null
  }
}
