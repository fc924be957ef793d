// The conversation with the server about one thread: join, take in everything
// up to the head, then send, one push under way at a time.
//
// What a lost connection has carried is known once the next one, joined as the
// same client, has reached the head: the join ends what the older one may still
// bring. Only then is anything sent again, and only then may a client that was
// taken over by somebody else go on under another id.

import { Text, type ChangeSet } from '@codemirror/state'
import type { EditorHost } from './host'
import { difference } from './difference'
import type { Clock, ImeQueue } from './ime-queue'
import { Diverged, type Peer } from './peer'
import type { Limits, LogEntry, Refusal, Resumed, Sent, Update, Whole } from './wire'

export type Link = 'connecting' | 'up' | 'down'
/** stuck: what stands here cannot be reconciled with the log; refused: the thread cannot be joined. */
export type Phase = 'opening' | 'open' | 'stuck' | 'refused'

const CHUNK = 200 // changes in a push at most
const PAUSE = 1000 // ms before what was refused for now is sent again, up to twice that
const REPLACED = 4001 // the close after which this client is somebody else's
const FOR_NOW = new Set(['unavailable', 'rate_limited'])

export interface Host {
  readonly thread: string
  readonly user: string
  readonly phase: Phase
  /** The thread takes no edits now. */
  readonly readonly: boolean
  /** Null as long as nothing may be joined. */
  readonly desk: EditorHost | null
  send(m: Sent): boolean
  /** upTo is the number of the last edit of the peer that may be sent. */
  upTo(): number
  mint(): string
  joined(m: Whole | Resumed): void
  /** loaded: another text stands here. */
  loaded(): void
  took(entries: readonly LogEntry[]): void
  /** idle: joined and at the head, whether or not a push is under way. */
  idle(): void
  stop(phase: 'stuck' | 'refused', code: string, text: string): void
  /** refused hears errors that are not about join or update. */
  refused(m: Refusal): void
  readOnly(): void
  /** rebound: what waits is numbered anew, under another client. */
  rebound(): void
  changed(): void
}

export class Exchange {
  link: Link = 'connecting'
  client: string // as which we join; the peer's is what our edits are numbered under
  joined = false
  limits: Limits = { frame: 1 << 20, changes: 1000, text: 4 << 20 }
  /** What stands here gives way to the server's text at the next join; then so much is put in its place. */
  giveUp: { mine: string | null } | null = null

  private asked = false
  private head = 0 // to be reached before anything is sent
  private flight = 0 // number of the last edit under way; 0: none
  private most = CHUNK
  private whole = false // the next join asks for the whole text
  private recast = false // and is due as soon as nothing is under way
  private refusals = 0
  private resume: (() => void) | null = null // ends a pause

  constructor(private readonly peer: Peer, private readonly hold: ImeQueue, private readonly clock: Clock, private readonly host: Host) {
    this.client = peer.client
  }

  /** flying is how many edits are under way. */
  get flying(): number {
    return Math.max(0, this.flight - this.peer.confirmed)
  }

  up(): void {
    this.link = 'up'
    this.join()
  }

  down(code?: number): void {
    this.link = 'down'
    this.joined = this.asked = false
    this.flight = 0
    this.unpause()
    if (code === REPLACED) this.client = this.host.mint()
  }

  /** join asks for the thread, from where we are; nothing happens while that cannot be. */
  join(): void {
    const { host, peer } = this
    if (this.link !== 'up' || this.asked || this.joined || !host.desk || host.phase === 'stuck' || host.phase === 'refused') return
    const at = this.hold.reached
    const resume = peer.loaded && !this.whole && !this.giveUp
    this.asked = host.send({ type: 'join', user: host.user, id: host.thread, mode: 'text', client: this.client, ...(resume ? { since: at.rev, chain: at.chain } : {}) })
  }

  leave(): void {
    if (this.joined || this.asked) this.host.send({ type: 'leave' })
    this.hold.clear()
    this.stop()
  }

  /** stop has nothing more said, without a word. */
  stop(): void {
    this.joined = this.asked = false
    this.flight = 0
    this.unpause()
  }

  private again(): void {
    this.joined = this.asked = false
    this.flight = 0
    this.join()
  }

  /** start takes the whole text. */
  start(m: Whole): void {
    const { host, peer } = this
    if (!this.asked || !host.desk || m.thread !== host.thread) return
    const waiting = peer.pending(host.desk.state)
    const first = !peer.loaded, given = this.giveUp
    if (waiting.length > 0 && !given && (m.reset || !this.whole)) return host.stop('stuck', 'reset', 'the log is not the one that was edited here')
    const text = Text.of(m.text.split('\n'))
    let ours: ChangeSet[] = []
    try {
      if (waiting.length > 0 && !given) ours = carried(peer.base, text, waiting)
    } catch (e) {
      return host.stop('stuck', 'diverged', String(e))
    }
    this.enter(m)
    this.head = m.rev
    this.hold.clear()
    this.whole = this.recast = false
    this.giveUp = null
    peer.reload(host.desk, { rev: m.rev, chain: m.chain, text, blame: m.blame }, ours)
    host.joined(m)
    host.loaded()
    if (given?.mine != null) {
      const changes = difference(text, Text.of(given.mine.split(/\r\n?|\n/)))
      if (!changes.empty) host.desk.dispatch([host.desk.state.update({ changes })])
    }
    if (first || given) this.settle()
    else this.renew() // the numbers of our edits may be others there
  }

  resumed(m: Resumed): void {
    if (!this.asked || m.thread !== this.host.thread) return
    this.enter(m)
    this.head = m.head
    this.host.joined(m)
    if (m.rev !== this.hold.reached.rev) return this.broken(new Diverged(`resumed at ${m.rev}`))
    this.settle()
  }

  private enter(m: Whole | Resumed): void {
    this.asked = false
    this.joined = true
    this.limits = m.limits
    this.most = CHUNK
    this.refusals = 0
  }

  update(m: Update): void {
    const { host } = this
    if (!this.joined || !host.desk || m.id !== host.thread) return
    const { rev } = this.hold.reached
    const fresh = m.updates.filter((e) => e.rev > rev)
    if (fresh.length === 0) return
    if (fresh[0]!.rev !== rev + 1) return this.again() // something was lost on the way
    this.hold.add(host.desk, { ...m, updates: fresh })
  }

  /** admit takes in a frame that the hold lets through. */
  admit(m: Update): void {
    const { host, peer } = this
    if (!host.desk) return
    try {
      peer.take(host.desk, m.updates, m.chain)
    } catch (e) {
      return this.broken(e)
    }
    host.took(m.updates)
    this.settle()
  }

  /** settle does what is to be done next. */
  settle(): void {
    const { host, peer } = this
    if (this.flight > 0 && peer.confirmed >= this.flight) {
      this.flight = 0
      this.refusals = 0
      this.most = Math.min(CHUNK, this.most * 2)
    }
    if (!this.joined || host.phase !== 'open' || peer.rev < this.head) return
    if (peer.worn && this.client === peer.client) return this.renew()
    if (this.client !== peer.client) {
      peer.rebind(this.client)
      host.rebound()
    }
    if (this.recast && this.flight === 0) {
      this.whole = true
      return this.again()
    }
    this.push()
    host.idle()
  }

  private push(): void {
    const { host, peer } = this
    if (this.flight > 0 || this.resume || this.recast || host.readonly || !host.desk) return
    if (peer.waiting(host.desk.state) === 0) return
    const { seq, rev, changes } = peer.push(host.desk.state, this.most, this.limits, host.upTo())
    if (changes.length === 0) return
    if (host.send({ type: 'update', client: peer.client, seq, rev, changes })) this.flight = seq + changes.length - 1
    host.changed()
  }

  /** renew joins as another client. */
  private renew(): void {
    this.client = this.host.mint()
    this.again()
  }

  /** diverge has everything told anew: what stands here is not what the log says. */
  diverge(): void {
    this.host.send({ type: 'diverged', rev: this.peer.rev })
    this.recast = true
    this.settle()
  }

  private broken(e: unknown): void {
    const text = e instanceof Error ? e.message : String(e)
    this.host.send({ type: 'diverged', rev: this.peer.rev })
    this.hold.clear()
    // Of what was sent nobody could say now whether it is in the log.
    if (this.peer.sent > this.peer.confirmed) return this.host.stop('stuck', 'diverged', text)
    this.whole = true
    this.again()
  }

  error(m: Refusal): void {
    if (m.re === 'join') this.joinRefused(m)
    else if (m.re === 'update') this.pushRefused(m)
    else this.host.refused(m)
  }

  private joinRefused(m: Refusal): void {
    if (!this.asked) return
    this.asked = false
    if (FOR_NOW.has(m.code)) return this.pause(() => this.join())
    if (m.code === 'forbidden' && ++this.refusals < 3) { // the id is another author's
      this.client = this.host.mint()
      return this.join()
    }
    this.host.stop('refused', m.code, m.text)
  }

  private pushRefused(m: Refusal): void {
    if (!this.joined || this.flight === 0) return
    this.flight = 0
    if (m.code === 'not_joined') return this.again()
    if (m.code === 'read_only') return this.host.readOnly()
    if (FOR_NOW.has(m.code)) return this.pause(() => this.settle())
    if (m.code !== 'stale') return this.host.stop('stuck', m.code, m.text)
    this.most = Math.max(1, this.most >> 1)
    this.head = Math.max(this.head, m.head)
    // Nothing to wait for, and refused again and again: our numbers are not the server's.
    if (this.head <= this.peer.rev && ++this.refusals > 9) return this.renew()
    this.settle()
  }

  private pause(then: () => void): void {
    this.unpause()
    this.resume = this.clock.later(PAUSE * (1 + Math.random()), () => { this.resume = null; then() })
    this.host.changed()
  }

  private unpause(): void {
    this.resume?.()
    this.resume = null
  }
}

/** carried carries changes, each based on the one before and the first on a, over to b. */
function carried(a: Text, b: Text, changes: readonly ChangeSet[]): ChangeSet[] {
  let over = difference(a, b)
  return changes.map((c) => {
    const there = c.map(over)
    over = over.map(c, true)
    return there
  })
}
