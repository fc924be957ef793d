// The state of the page, as a machine without a page: login, list, the joined
// thread. It is told what the connection and the person do, and hands out
// messages; views read it and are told when it changed.

import { Room, type Flight, type Op } from './room'
import type { ClientMessage, Edit, Entry, Join, Refusal, ServerMessage, Status } from './wire'

/** Edits that may be out without a receipt; the rest waits here, in order. */
const WINDOW = 256
/** Milliseconds before an edit refused for now is tried again. */
const RETRY = 1500

export type Link = 'connecting' | 'up' | 'down'
export interface Trouble { code: string; text: string }
/** Where an error is shown: under the list's form, the title, or at the top. */
export type Place = 'open' | 'title' | 'page'

export interface Surroundings {
  /** send passes one message on; false if it could not. */
  send(m: ClientMessage): boolean
  later(ms: number, f: () => void): void
  changed(): void
}

export class Client {
  user = ''
  link: Link = 'connecting'
  status: Status | null = null
  list: Entry[] | null = null
  total = 0
  room: Room | null = null
  /** The thread we want to be in, joined or not. */
  want: string | null = null
  opening = false
  troubles: Partial<Record<Place, Trouble>> = {}

  private ops: (Op & { serial: number })[] = []
  private serial = 0
  private parked = new Map<string, Room>()
  private readonly flight: Flight = {
    room: () => (this.link === 'up' ? WINDOW - this.ops.length : 0),
    send: (edit, op) => this.launch(edit, op),
    after: (received) => this.ops.filter((op) => op.serial > received),
    later: (retry) => this.out.later(RETRY, () => { retry(); this.out.changed() }),
  }

  constructor(private readonly out: Surroundings) {}

  /** Typed here and not on disk, in any thread. */
  get dirty(): boolean {
    return [...this.rooms()].some((r) => r.dirty)
  }

  // What the person does.

  login(name: string): void {
    this.user = name.normalize('NFC').trim()
    if (this.want) this.join()
    this.out.changed()
  }

  open(title: string): void {
    delete this.troubles.open
    this.opening = this.out.send({ type: 'open', user: this.user, title })
    if (!this.opening) this.troubles.open = { code: 'offline', text: '' }
    this.out.changed()
  }

  go(id: string): void {
    if (this.want === id) return
    this.troubles = {}
    this.park()
    this.want = id
    this.join()
    this.out.changed()
  }

  leave(): void {
    if (this.room?.joined) this.out.send({ type: 'leave' })
    this.park()
    this.want = null
    this.troubles = {}
    this.out.changed()
  }

  rename(title: string): void {
    delete this.troubles.title
    if (!this.out.send({ type: 'rename', title })) this.troubles.title = { code: 'offline', text: '' }
    this.out.changed()
  }

  // What the connection does.

  connected(): void {
    this.link = 'up'
    this.out.send({ type: 'status' })
    this.out.send({ type: 'list' })
    this.join()
    this.out.changed()
  }

  disconnected(): void {
    this.link = 'down'
    this.ops = []
    this.serial = 0
    if (this.opening) this.troubles.open = { code: 'unanswered', text: '' }
    this.opening = false
    for (const room of this.rooms()) room.cut()
    this.out.changed()
  }

  receive(m: ServerMessage): void {
    switch (m.type) {
      case 'status': this.status = m; break
      case 'list': this.list = m.threads; this.total = m.total; break
      case 'join': this.joined(m); break
      case 'update': {
        const op = m.mine ? this.ops.shift() : undefined
        if (op) op.room.receipt(op, m)
        else if (this.room?.joined && this.room.id === m.id && !m.mine) this.room.update(m)
        this.room?.pump()
        break
      }
      case 'error': this.refused(m)
    }
    this.out.changed()
  }

  // How it is done.

  private *rooms(): Iterable<Room> {
    if (this.room) yield this.room
    yield* this.parked.values()
  }

  private join(): void {
    if (!this.want || !this.user || this.link !== 'up') return
    if (this.room) this.room.joined = false
    this.out.send({ type: 'join', user: this.user, id: this.want })
  }

  /** park keeps the room if something in it is not on disk, for when we come back. */
  private park(): void {
    const room = this.room
    this.room = null
    if (!room) return
    room.joined = false
    if (room.dirty) this.parked.set(room.id, room)
  }

  private joined(m: Join): void {
    if (this.room?.joined && this.room.id === m.thread) {
      this.room.resync(m)
      delete this.troubles.title
      return
    }
    if (m.thread === this.want) {
      const kept = this.room?.id === m.thread ? this.room : this.parked.get(m.thread)
      this.enter(m, kept)
    } else if (this.opening && m.received === undefined) {
      this.opening = false
      this.park()
      this.want = m.thread
      this.enter(m, undefined)
    } // else a late word from a thread we have left
  }

  private enter(m: Join, kept: Room | undefined): void {
    this.parked.delete(m.thread)
    this.room = kept ?? new Room(m, m.thread, this.flight, this.user)
    this.room.user = this.user
    if (kept) kept.enter(m)
  }

  private refused(m: Refusal): void {
    const trouble = { code: m.code, text: m.text }
    switch (m.re) {
      case 'new':
      case 'update':
      case 'submit': {
        // Named by type alone; the oldest of that type is the best guess, and
        // what the line reads in the end is compared and sent again anyway.
        const i = this.ops.findIndex((op) => op.type === m.re)
        const op = this.ops[i]
        if (op) {
          this.ops.splice(i, 1)
          op.room.refuse(op, m)
        }
        if (m.code === 'not_joined') this.join()
        break
      }
      case 'open':
        this.opening = false
        this.troubles.open = trouble
        break
      case 'join':
        this.notJoined(trouble)
        break
      case 'rename':
        this.troubles.title = trouble
        break
      default:
        this.troubles.page = trouble
    }
  }

  private notJoined(trouble: Trouble): void {
    if (trouble.code === 'unavailable' || trouble.code === 'rate_limited') {
      this.out.later(RETRY, () => this.join())
      return
    }
    this.park()
    this.want = null
    this.troubles.open = trouble
  }

  private launch(edit: Edit, op: Op): boolean {
    if (this.link !== 'up' || !this.out.send(edit)) return false
    this.ops.push(Object.assign(op, { serial: ++this.serial }))
    return true
  }
}
