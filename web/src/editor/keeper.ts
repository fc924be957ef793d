// Keeps the outbox in step with what is unconfirmed: one write under way at a
// time, the next as soon as it is done, nothing stored where nothing waits.
//
// An edit may be sent only when it is written. If one could be in the log and
// not in the outbox, the page that finds the outbox would give its number to
// another edit.

import type { Clock } from './hold'
import type { Outbox, OutboxStore } from './outbox'

const SLOW = 2000 // ms, after which a store is taken for one that fails

export class Keeper {
  /** False: the store fails, and edits live in this page only. */
  kept = true
  private stored: string | null = null // the client whose outbox is in the store, or about to be
  private certain = '' // the client whose outbox is there for sure
  private held = new Set<string>()
  private written = 0 // the number of the last edit in it
  private busy = false
  private again = false

  /** state gives what is to be kept, or null where nothing waits. */
  constructor(private readonly store: OutboxStore, private readonly clock: Clock, private readonly state: () => Outbox | null, private readonly changed: () => void) {}

  /** adopted takes note of an outbox that is held and stored. */
  adopted({ client, seq, pending }: Outbox): void {
    this.stored = this.certain = client
    this.written = seq - 1 + pending.length
    this.held.add(client)
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

  note(): void {
    if (this.busy) this.again = true
    else void this.write()
  }

  private async write(): Promise<void> {
    this.busy = true
    do {
      this.again = false
      this.kept = await this.inTime(this.once()).catch(() => false)
      this.changed()
    } while (this.again)
    this.busy = false
  }

  private inTime<T>(p: Promise<T>): Promise<T> {
    return new Promise((done, fail) => {
      const cancel = this.clock.later(SLOW, () => fail(new Error('too slow')))
      p.then(done, fail).finally(cancel)
    })
  }

  /** once brings the store up to date, and says whether it keeps what it is given. */
  private async once(): Promise<boolean> {
    const box = this.state()
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
    for (const client of this.held) this.store.release(client)
    this.held.clear()
  }
}
