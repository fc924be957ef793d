// The last minute, in slots of 50 ms. An unknown slot (the page
// was hidden, or the connection lost) is NaN, not 0.

import type { Counts } from './frame'

export const SLOT = 50 // ms
export const SLOTS = 60_000 / SLOT
const A_SECOND = 1000 / SLOT

const SLACK = 2 // slots a frame may come early or late and still be the next one
const LATE = A_SECOND // slots a frame may come late and still count for all of them

export type Kind = keyof Counts
export const kinds: Kind[] = ['edits', 'deliveries', 'pushes']

export class Ring {
  private readonly counts: Record<Kind, Float64Array> = { edits: blank(), deliveries: blank(), pushes: blank() }
  /** Slots ever begun; the newest is number next-1. */
  next = 0
  /** When slot 0 would have been, in ms. */
  private origin: number | null = null

  /** add takes a frame's counts; at is its time in ms. */
  add(at: number, frame: Counts): void {
    const slots = this.slots(at)
    const late = slots <= LATE
    for (let i = Math.min(slots, SLOTS); i > 0; i--) {
      for (const kind of kinds) this.counts[kind][this.next % SLOTS] = late ? frame[kind] / slots : i === 1 ? frame[kind] : NaN
      this.next++
    }
  }

  /** slots is how many slots a frame of this time fills. */
  private slots(at: number): number {
    const missed = this.origin === null ? -Infinity : (at - this.origin) / SLOT - this.next
    if (Math.abs(missed) < SLACK) return 1
    if (missed > 0) return Math.round(missed) + 1
    this.origin = at - this.next * SLOT // the first, or a clock was set back
    return 1
  }

  /** of is the count in slot n; NaN if it is unknown or too old. */
  of(kind: Kind, n: number): number {
    return n < 0 || n >= this.next || n < this.next - SLOTS ? NaN : this.counts[kind][n % SLOTS] ?? NaN
  }

  /** rate is the average per second over the slots from…to-1; NaN if all are unknown. */
  rate(kind: Kind, from: number, to: number): number {
    let sum = 0
    let known = 0
    for (let n = from; n < to; n++) {
      const count = this.of(kind, n)
      if (Number.isNaN(count)) continue
      sum += count
      known++
    }
    return known === 0 ? NaN : (sum / known) * A_SECOND
  }

  /** lately is the rate of the last `ms` milliseconds. */
  lately(kind: Kind, ms: number): number {
    return this.rate(kind, this.next - ms / SLOT, this.next)
  }

  /**
   * bars are rates of `width` slots each, oldest first, the newest complete one
   * last. Bars begin at multiples of width, so that they move but keep their height.
   */
  bars(kind: Kind, width: number, count: number): number[] {
    const end = Math.floor(this.next / width) * width
    return Array.from({ length: count }, (_, i) => {
      const from = end - (count - i) * width
      return this.rate(kind, from, from + width)
    })
  }

  /** highest is the highest second of the slots from…to-1, in whole seconds from `from` on. */
  highest(kind: Kind, from: number, to: number): number {
    let most = NaN
    for (let n = from; n < to; n += A_SECOND) {
      const rate = this.rate(kind, n, Math.min(n + A_SECOND, to))
      if (!(most >= rate) && !Number.isNaN(rate)) most = rate
    }
    return most
  }
}

const blank = (): Float64Array => new Float64Array(SLOTS).fill(NaN)

const STEPS = [1, 1.5, 2, 3, 4, 5, 6, 8] // round, half of each is readable too

/** ceiling is the least round number that is not below n, and at least 10. */
export function ceiling(n: number): number {
  for (let tens = 10; ; tens *= 10) {
    for (const step of STEPS) if (step * tens >= n || !Number.isFinite(n)) return step * tens
  }
}
