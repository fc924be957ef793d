// Moments fetched from the server. The latest are kept, and no moment is requested twice at
// once. Of many wanted in quick succession (a dragged slider) only the
// latest is requested, after at most one stale request.

import type { Key, Moment } from './server'

export const same = (a: Key | null, b: Key | null): boolean => a?.rev === b?.rev && a?.since === b?.since

export type Fetch = (key: Key, signal: AbortSignal) => Promise<Moment>

interface Flight { answer: Promise<Moment>; abort: AbortController }

const word = (key: Key): string => `${key.since}-${key.rev}`

/** Moments keeps the last `most` moments that were fetched or shown. */
export class Moments {
  private kept = new Map<string, Moment>() // the least recently used first
  private flights = new Map<string, Flight>()

  constructor(private readonly fetch: Fetch, private readonly most = 20) {}

  /** peek is the moment if it is here. */
  peek(key: Key): Moment | undefined {
    const moment = this.kept.get(word(key))
    if (moment) this.keep(key, moment)
    return moment
  }

  /** get resolves at once with a kept moment, or shares a request that is under way. */
  get(key: Key): Promise<Moment> {
    const kept = this.peek(key)
    if (kept) return Promise.resolve(kept)
    return (this.flights.get(word(key)) ?? this.depart(key)).answer
  }

  /** abort cancels a request; its promise rejects with an AbortError. */
  abort(key: Key): void {
    this.flights.get(word(key))?.abort.abort()
    this.flights.delete(word(key)) // a later get starts a new request
  }

  /** underway is the number of requests in flight. */
  get underway(): number { return this.flights.size }

  clear(): void {
    for (const flight of this.flights.values()) flight.abort.abort()
    this.flights.clear()
    this.kept.clear()
  }

  private depart(key: Key): Flight {
    const abort = new AbortController()
    const answer = this.fetch(key, abort.signal).then((moment) => {
      if (!abort.signal.aborted) this.keep(key, moment)
      return moment
    }).finally(() => { if (this.flights.get(word(key)) === flight) this.flights.delete(word(key)) })
    const flight: Flight = { answer, abort }
    this.flights.set(word(key), flight)
    return flight
  }

  private keep(key: Key, moment: Moment): void {
    this.kept.delete(word(key))
    this.kept.set(word(key), moment)
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.most) break
      this.kept.delete(oldest)
    }
  }
}

const PATIENCE = 250 // ms that a request may still take when its moment is no longer wanted

export interface Seer {
  /** seen gets each moment that comes, the wanted one or one on the way to it. */
  seen(key: Key, moment: Moment): void
  /** failed: the wanted moment could not be fetched. */
  failed(key: Key, reason: unknown): void
}

/** Latest gets the moment wanted last, one request at a time. */
export class Latest {
  wanted: Key | null = null
  private loading: Key | null = null
  private since = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly moments: Moments, private readonly seer: Seer, private readonly clock: () => number = () => performance.now()) {}

  /** idle: nothing is being waited for. */
  get idle(): boolean { return this.loading === null }

  want(key: Key): void {
    this.wanted = key
    clearTimeout(this.timer)
    const kept = this.moments.peek(key)
    if (kept) {
      if (this.loading && !same(this.loading, key)) this.moments.abort(this.loading)
      this.seer.seen(key, kept)
    } else if (!this.loading) this.load(key)
    else if (!same(this.loading, key)) {
      this.timer = setTimeout(() => this.giveUp(), Math.max(0, this.since + PATIENCE - this.clock()))
    }
  }

  private load(key: Key): void {
    this.loading = key
    this.since = this.clock()
    this.moments.get(key).then((moment) => this.came(key, moment), (reason: unknown) => this.came(key, null, reason))
  }

  private came(key: Key, moment: Moment | null, reason?: unknown): void {
    this.loading = null
    clearTimeout(this.timer)
    const wanted = same(key, this.wanted)
    const next = this.wanted && !wanted ? this.wanted : null
    const there = next !== null && this.moments.peek(next) !== undefined // it was shown when it was wanted
    if (moment && !there) this.seer.seen(key, moment)
    else if (!moment && wanted) this.seer.failed(key, reason)
    if (next && !there && !this.loading && same(next, this.wanted)) this.load(next)
  }

  private giveUp(): void {
    if (this.loading && !same(this.loading, this.wanted)) this.moments.abort(this.loading)
  }
}
