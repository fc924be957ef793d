// Keeps the stored outbox in step with the edits that the log does not have: one
// write at a time, the next as soon as that is done, nothing stored where
// nothing waits.
//
// An edit may be sent only once it is written. If the log could have an edit
// that the outbox does not, a page that finds the outbox would give the edit's
// number to another one.

import { within, type Clock } from './options'
import type { Outbox, OutboxStore } from './outbox'
import type { Peer } from './peer'
import type { Me } from './presence'

const SLOW = 2000 // ms, after which a store counts as failing
const SOON = 500 // ms that an edit may wait before the text beneath it is stored too

export class OutboxWriter {
  /** False: the store fails, and edits live in this page only. */
  kept = true
  /** The server cannot be reached. */
  apart = true
  private stored: string | null = null // the client whose outbox is in the store, or about to be
  private certain = '' // the client whose outbox is there for sure
  private locked = new Set<string>()
  private written = 0 // the number of the last edit in it
  private busy = false
  private again = false
  private over = false
  private oldest: number | null = null // since when an edit has been waiting
  private based = '' // the client and revision whose text is in the store

  /** wrote is called when more may be sent, or `kept` has changed. */
  constructor(
    private readonly store: OutboxStore, private readonly clock: Clock, private readonly peer: Peer,
    private readonly thread: string, private readonly me: Me, private readonly wrote: () => void,
  ) {}

  /** adopt goes on with an outbox that is locked and stored. */
  adopt({ client, seq, pending }: Outbox): void {
    this.stored = this.certain = client
    this.written = seq - 1 + pending.length
    this.locked.add(client)
    this.oldest = this.clock.now() - SOON
  }

  /** lock makes sure that nobody else sends the pending edits of this client. */
  async lock(client: string): Promise<void> {
    this.locked.add(client)
    await this.store.lock(client)
  }

  /** upTo is the number of the peer's last edit that may be sent. */
  get upTo(): number {
    return !this.kept ? Infinity : this.certain === this.peer.client ? this.written : 0
  }

  /** note brings the store up to date, now or after the write under way. */
  note(): void {
    if (this.over || !this.peer.loaded || !this.peer.host) return
    if (this.peer.waiting === 0) this.oldest = null
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
      if (this.over) break // the text may be gone, and the outbox must not go with it
      if (!this.kept) this.based = ''
      this.wrote()
    } while (this.again)
    this.busy = false
  }

  /** outbox is what to store, or null where nothing waits. */
  private outbox(): Outbox | null {
    const { peer } = this
    const { pending } = peer
    if (pending.length === 0) return null
    const key = `${peer.client} ${peer.rev}`
    const late = this.apart || (this.oldest !== null && this.clock.now() - this.oldest >= SOON)
    const base = late && this.based !== key ? peer.base.toString() : null
    if (base !== null) this.based = key
    return {
      thread: this.thread, client: peer.client, user: this.me.user, rev: peer.rev, chain: peer.chain, seq: peer.confirmed + 1,
      pending: pending.map((c) => c.toJSON() as unknown), base, at: this.clock.now(),
    }
  }

  /** once brings the store up to date and reports whether it keeps what it is given. */
  private async once(): Promise<boolean> {
    const box = this.outbox()
    const was = this.stored
    if (!box) {
      this.stored = null // before, too
      this.certain = ''
      if (was) await this.store.remove(was).catch((e: unknown) => { this.stored ??= was; throw e })
      return this.kept
    }
    if (!this.locked.has(box.client)) {
      await this.lock(box.client)
      this.again = true // it may have grown meanwhile; this is written first all the same
    }
    this.stored = box.client // before: a write that takes too long may still succeed
    await this.store.put(box, was !== null && was !== box.client ? was : undefined)
    this.certain = box.client
    this.written = box.seq - 1 + box.pending.length
    return true
  }

  /** end unlocks the outbox, which stays for the next page. */
  end(): void {
    this.over = true
    for (const client of this.locked) this.store.release(client)
    this.locked.clear()
  }
}
