// Keeps the outbox in step with what is unconfirmed: one write under way at a
// time, the next as soon as it is done, nothing stored where nothing waits.
//
// An edit may be sent only when it is written. If one could be in the log and
// not in the outbox, the page that finds the outbox would give its number to
// another edit.

import type { EditorState } from '@codemirror/state'
import type { Clock } from './ime-queue'
import type { Outbox, OutboxStore } from './outbox'
import type { Peer } from './peer'
import { within } from './options'

const SLOW = 2000 // ms, after which a store is taken for one that fails
const SOON = 500 // ms that an edit may wait before the text beneath it is kept too

/** What a keeper looks at, and whom it tells. */
export interface Kept {
  readonly thread: string
  user(): string
  /** The state that holds what is unconfirmed; null: nothing does. */
  state(): EditorState | null
  /** apart: the server cannot be reached. */
  apart(): boolean
  /** wrote: what may be sent, or whether anything is kept, is another now. */
  wrote(): void
}

export class OutboxWriter {
  /** False: the store fails, and edits live in this page only. */
  kept = true
  private stored: string | null = null // the client whose outbox is in the store, or about to be
  private certain = '' // the client whose outbox is there for sure
  private held = new Set<string>()
  private written = 0 // the number of the last edit in it
  private busy = false
  private again = false
  private over = false
  private oldest: number | null = null // since when an edit has been waiting
  private based = '' // the client and revision whose text is in the store

  constructor(private readonly store: OutboxStore, private readonly clock: Clock, private readonly peer: Peer, private readonly of: Kept) {}

  /** adopted takes note of an outbox that is held and stored. */
  adopted({ client, seq, pending }: Outbox): void {
    this.stored = this.certain = client
    this.written = seq - 1 + pending.length
    this.held.add(client)
    this.oldest = this.clock.now() - SOON
  }

  /** hold makes sure that nobody else will send what this client has open. */
  async hold(client: string): Promise<void> {
    this.held.add(client)
    await this.store.hold(client)
  }

  /** upTo is the number of the last edit of a client that may be sent. */
  upTo(client: string): number {
    return !this.kept ? Infinity : this.certain === client ? this.written : 0
  }

  /** note has the store brought up to date. */
  note(): void {
    if (this.over) return
    const state = this.of.state()
    if (!state || this.peer.waiting(state) === 0) this.oldest = null
    else if (this.oldest === null) {
      this.oldest = this.clock.now()
      this.clock.later(SOON, () => { if (this.oldest !== null) this.note() })
    }
    if (this.busy) this.again = true
    else void this.write()
  }

  private async write(): Promise<void> {
    this.busy = true
    do {
      this.again = false
      this.kept = await within(this.clock, SLOW, this.once()).catch(() => false)
      if (!this.kept) this.based = ''
      this.of.wrote()
    } while (this.again)
    this.busy = false
  }

  /** outbox is what is to be kept, or null where nothing waits. */
  private outbox(): Outbox | null {
    const { peer, of } = this
    const state = of.state()
    const pending = state ? peer.pending(state) : []
    if (pending.length === 0) return null
    const key = `${peer.client} ${peer.rev}`
    const late = of.apart() || (this.oldest !== null && this.clock.now() - this.oldest >= SOON)
    const base = late && this.based !== key ? peer.base.toString() : null
    if (base !== null) this.based = key
    return {
      thread: of.thread, client: peer.client, user: of.user(), rev: peer.rev, chain: peer.chain, seq: peer.confirmed + 1,
      pending: pending.map((c) => c.toJSON() as unknown), base, at: this.clock.now(),
    }
  }

  /** once brings the store up to date, and says whether it keeps what it is given. */
  private async once(): Promise<boolean> {
    const box = this.outbox()
    const was = this.stored
    if (!box) {
      this.stored = null // before, too
      this.certain = ''
      if (was) await this.store.remove(was).catch((e: unknown) => { this.stored ??= was; throw e })
      return this.kept
    }
    if (!this.held.has(box.client)) {
      await this.hold(box.client)
      this.again = true // it may have grown meanwhile; this is written first all the same
    }
    this.stored = box.client // before: a write that takes too long may end all the same
    await this.store.put(box, was !== null && was !== box.client ? was : undefined)
    this.certain = box.client
    this.written = box.seq - 1 + box.pending.length
    return true
  }

  /** end lets go of what is held; the outbox stays for whoever comes next. */
  end(): void {
    this.over = true
    for (const client of this.held) this.store.release(client)
    this.held.clear()
  }
}
