// What a session is given: its wire, its store and its clock.

import type { Hearer } from '../../base/socket'
import type { Clock } from './ime-queue'
import type { Moment } from './moment'
import type { Outbox, OutboxStore } from './outbox'

export interface SocketLike {
  open(): void
  close(): void
  /** now tries at once instead of waiting. */
  now(): void
  /** send passes a frame on; false if it could not. */
  send(frame: string): boolean
}

export interface SessionOptions {
  thread: string
  user: string
  socket: (hearer: Hearer) => SocketLike
  store: OutboxStore
  /** An outbox that is held already: this session is there to send it. */
  adopt?: Outbox
  clock?: Clock
  /** Gives the text and blame of a revision. */
  moment?: (thread: string, rev: number) => Promise<Moment>
  mint?: () => string
}

export const wall: Clock = {
  now: () => Date.now(),
  later(ms, f) {
    const timer = setTimeout(f, ms)
    return () => clearTimeout(timer)
  },
}

/** within gives what p gives, or fails when that takes longer than ms milliseconds. */
export function within<T>(clock: Clock, ms: number, p: Promise<T>): Promise<T> {
  return new Promise((done, fail) => {
    const cancel = clock.later(ms, () => fail(new Error('too slow')))
    p.then(done, fail).finally(cancel)
  })
}
