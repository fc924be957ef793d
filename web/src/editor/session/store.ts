// The outboxes of this browser, in IndexedDB. The text that an outbox is based on
// is stored beside it, because it changes less often than the edits do.

import { answer, committed } from './idb'
import { Locks } from './locks'
import type { Outbox, OutboxStore } from './outbox'

const NAME = 'parodywave'
const VERSION = 1

interface Base { client: string; rev: number; text: string }

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const r = indexedDB.open(NAME, VERSION)
    r.onupgradeneeded = () => {
      for (const store of ['outboxes', 'bases', 'holds']) r.result.createObjectStore(store, { keyPath: 'client' })
    }
    r.onsuccess = () => {
      r.result.onversionchange = () => r.result.close()
      done(r.result)
    }
    r.onerror = () => fail(r.error)
    r.onblocked = () => fail(new Error('an older page keeps the database open'))
  })
}

class Store implements OutboxStore {
  private db: Promise<IDBDatabase> | null = null
  private readonly locks = new Locks(() => this.opened())

  lock(client: string): Promise<boolean> { return this.locks.acquire(client) }
  release(client: string): void { this.locks.release(client) }

  async list(): Promise<Outbox[]> {
    const t = (await this.opened()).transaction(['outboxes', 'bases'])
    const [boxes, bases] = await Promise.all([
      answer(t.objectStore('outboxes').getAll() as IDBRequest<Outbox[]>),
      answer(t.objectStore('bases').getAll() as IDBRequest<Base[]>),
    ])
    return boxes.map((box) => ({ ...box, base: bases.find((b) => b.client === box.client && b.rev === box.rev)?.text ?? null }))
  }

  async put(box: Outbox, was?: string): Promise<void> {
    const t = await this.writing()
    const { client, rev, base } = box
    t.objectStore('outboxes').put({ ...box, base: null })
    if (base !== null) t.objectStore('bases').put({ client, rev, text: base } satisfies Base)
    if (was !== undefined) this.delete(t, was)
    await committed(t)
  }

  async remove(client: string): Promise<void> {
    const t = await this.writing()
    this.delete(t, client)
    await committed(t)
  }

  private delete(t: IDBTransaction, client: string): void {
    t.objectStore('outboxes').delete(client)
    t.objectStore('bases').delete(client)
  }

  // Relaxed: the write survives the page and the browser without a disk flush at every key.
  private async writing(): Promise<IDBTransaction> {
    return (await this.opened()).transaction(['outboxes', 'bases'], 'readwrite', { durability: 'relaxed' })
  }

  private opened(): Promise<IDBDatabase> {
    this.db ??= open().then((db) => {
      db.onclose = () => { this.db = null }
      return db
    })
    this.db.catch(() => { this.db = null }) // the next one tries again
    return this.db
  }
}

/** openStore returns the outboxes of this browser. It never fails; its methods may. */
export const openStore = (): OutboxStore => new Store()
