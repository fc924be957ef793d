// One page at a time may send an outbox. Web Locks end with the page that holds
// them. Where there are none (pages without TLS), a page signs the outbox and
// renews the signature; a signature not renewed for DEAD belongs to a page that
// is gone.

import { answer, committed } from './idb'

const BEAT = 20_000 // ms
const DEAD = 200_000 // ms; timers of hidden pages may run only once a minute

interface Signature { client: string; page: string; at: number }

export class Locks {
  private readonly page = crypto.getRandomValues(new Uint32Array(4)).join('-')
  private held = new Map<string, () => void>() // unlocks it

  constructor(private readonly db: () => Promise<IDBDatabase>) {}

  async acquire(client: string): Promise<boolean> {
    if (this.held.has(client)) return true
    return typeof navigator !== 'undefined' && navigator.locks ? this.webLock(client) : this.sign(client)
  }

  release(client: string): void {
    this.held.get(client)?.()
    this.held.delete(client)
  }

  private webLock(client: string): Promise<boolean> {
    return new Promise((locked, fail) => {
      void navigator.locks.request(`parodywave outbox ${client}`, { ifAvailable: true }, (lock) => {
        if (!lock) return locked(false)
        return new Promise<void>((done) => {
          this.held.set(client, done)
          locked(true)
        })
      }).catch(fail)
    })
  }

  private async sign(client: string): Promise<boolean> {
    if (!await this.write(client)) return false
    const beat = setInterval(() => void this.write(client).catch(() => {}), BEAT)
    this.held.set(client, () => {
      clearInterval(beat)
      void this.db().then((db) => db.transaction('holds', 'readwrite').objectStore('holds').delete(client)).catch(() => {})
    })
    return true
  }

  private async write(client: string): Promise<boolean> {
    const t = (await this.db()).transaction('holds', 'readwrite')
    const holds = t.objectStore('holds')
    const at = Date.now()
    const last = await answer(holds.get(client) as IDBRequest<Signature | undefined>)
    const free = !last || last.page === this.page || last.at < at - DEAD
    if (free) holds.put({ client, page: this.page, at } satisfies Signature)
    await committed(t)
    return free
  }
}
