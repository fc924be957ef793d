// A browser's outboxes in memory, with pages that crash: what was not written by
// then is lost, and their locks are free.

import type { Outbox, OutboxStore } from '../../src/editor/session/outbox'

export class Memory {
  boxes = new Map<string, Outbox>()
  holders = new Map<string, Page>()
  /** Writes end when flush is called, not at once. */
  slow = false
  /** The outboxes that the next page finds. */
  finds: (boxes: Outbox[]) => Outbox[] = (boxes) => boxes
  broken = false
}

/** A page's access to the memory. */
export class Page implements OutboxStore {
  private queue: (() => void)[] = []

  private dead = false

  constructor(private readonly memory: Memory) {}

  async lock(client: string): Promise<boolean> {
    const holder = this.memory.holders.get(client)
    if (holder && holder !== this) return false
    this.memory.holders.set(client, this)
    return true
  }

  release(client: string): void {
    if (this.memory.holders.get(client) === this) this.memory.holders.delete(client)
  }

  async list(): Promise<Outbox[]> {
    return this.memory.finds([...this.memory.boxes.values()].map((b) => structuredClone(b)))
  }

  put(box: Outbox, was?: string): Promise<void> {
    const copy = structuredClone(box)
    return this.write(() => {
      const old = this.memory.boxes.get(box.client)
      if (copy.base === null && old?.rev === copy.rev) copy.base = old.base
      this.memory.boxes.set(box.client, copy)
      if (was !== undefined) this.memory.boxes.delete(was)
    })
  }

  remove(client: string): Promise<void> {
    return this.write(() => { this.memory.boxes.delete(client) })
  }

  private write(f: () => void): Promise<void> {
    if (this.dead) return new Promise(() => {})
    if (this.memory.broken) return Promise.reject(new Error('no room'))
    return new Promise((done) => {
      const end = (): void => { f(); done() }
      if (this.memory.slow) this.queue.push(end)
      else end()
    })
  }

  /** flush ends one write. */
  flush(): void { this.queue.shift()?.() }

  get writing(): boolean { return this.queue.length > 0 }

  die(): void {
    this.dead = true
    this.queue = []
    for (const [client, page] of this.memory.holders) if (page === this) this.memory.holders.delete(client)
  }
}
