// Keeps the outbox in step with what is unconfirmed: one write under way at a
// time, the next as soon as it is done, nothing stored where nothing waits.

import type { Outbox, OutboxStore } from './outbox'

export class Keeper {
  /** False: the store fails, and edits live in this page only. */
  kept = true
  private stored: string | null = null // the client whose outbox is in the store
  private held = new Set<string>()
  private busy = false
  private again = false

  /** state gives what is to be kept, or null where nothing waits. */
  constructor(private readonly store: OutboxStore, private readonly state: () => Outbox | null, private readonly changed: () => void) {}

  /** adopted takes note of an outbox that is held and stored. */
  adopted(client: string): void {
    this.stored = client
    this.held.add(client)
  }

  /** hold makes sure that nobody else will send what this client has open. */
  async hold(client: string): Promise<void> {
    this.held.add(client)
    await this.store.hold(client)
  }

  note(): void {
    if (this.busy) this.again = true
    else void this.write()
  }

  private async write(): Promise<void> {
    this.busy = true
    do {
      this.again = false
      const kept = await this.once().catch(() => false)
      if (kept !== this.kept) {
        this.kept = kept
        this.changed()
      }
    } while (this.again)
    this.busy = false
  }

  /** once brings the store up to date, and says whether it keeps what it is given. */
  private async once(): Promise<boolean> {
    const box = this.state()
    const was = this.stored
    if (!box) {
      if (was) await this.store.remove(was)
      this.stored = null
      return this.kept
    }
    if (!this.held.has(box.client)) {
      await this.hold(box.client)
      this.again = true // it may have grown meanwhile; this is written first all the same
    }
    await this.store.put(box, was !== null && was !== box.client ? was : undefined)
    this.stored = box.client
    return true
  }

  /** end lets go of what is held; the outbox stays for whoever comes next. */
  end(): void {
    for (const client of this.held) this.store.release(client)
    this.held.clear()
  }
}
