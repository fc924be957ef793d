// What a session needs from outside: a socket, a store and a clock.

import type { Listener } from '../../base/socket'
import type { Moment } from './moment'
import type { Outbox, OutboxStore } from './outbox'

export interface Clock {
  /** now is the time in Unix milliseconds. */
  now(): number
  /** later calls f after ms milliseconds, unless the returned function is called first. */
  later(ms: number, f: () => void): () => void
}

export interface SocketLike {
  open(): void
  close(): void
  /** now tries to connect at once instead of waiting. */
  now(): void
  /** send reports false if the frame could not be sent. */
  send(frame: string): boolean
}

export interface SessionOptions {
  thread: string
  user: string
  socket: (listener: Listener) => SocketLike
  store: OutboxStore
  /** An outbox that is locked already: the session exists to send it. */
  adopt?: Outbox
  clock?: Clock
  /** moment fetches the text and blame of a revision. */
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

/** within settles as p does, or rejects after ms milliseconds. */
export function within<T>(clock: Clock, ms: number, p: Promise<T>): Promise<T> {
  return new Promise((done, fail) => {
    const cancel = clock.later(ms, () => fail(new Error('too slow')))
    p.then(done, fail).finally(cancel)
  })
}
