// Where this person is, for the others to see.

import type { Transaction } from '@codemirror/state'
import type { Clock } from './options'
import type { Peer } from './peer'
import type { Sent } from './wire'

const PAUSE = 100 // ms between two messages
const MOST = 100 // ranges

export class Selection {
  private ranges: [number, number][] = []
  private shown = false // the others may see some
  private pause: (() => void) | null = null
  private dirty = false
  private vague = false // was sent in terms of text that the others did not have

  /** wake is called when next may have something to send. */
  constructor(private readonly peer: Peer, private readonly clock: Clock, private readonly wake: () => void) {}

  show(ranges: [number, number][]): void {
    this.ranges = ranges.slice(0, MOST)
    this.dirty = this.shown || ranges.length > 0
    this.wake()
  }

  /** joined: on a new connection nobody knows the selection yet. */
  joined(): void {
    this.shown = false
    this.dirty = this.ranges.length > 0
  }

  /** follow hears of the editor's transactions: the selection moves with the text. */
  follow(transactions: readonly Transaction[]): void {
    for (const tr of transactions) {
      if (tr.docChanged) this.ranges = this.ranges.map(([anchor, head]) => [tr.changes.mapPos(anchor), tr.changes.mapPos(head)])
    }
    if (this.vague && this.peer.waiting === 0) {
      this.vague = false
      this.dirty = true
    }
  }

  /** next is the frame that may go out now, or null. It counts as sent. */
  next(): Sent | null {
    if (this.pause || !this.dirty || !this.peer.host) return null
    const { length } = this.peer.host.state.doc
    const there = (pos: number): number => this.peer.toConfirmed(Math.min(pos, length))
    this.dirty = false
    this.vague = this.peer.waiting > 0
    this.shown = this.ranges.length > 0
    this.pause = this.clock.later(PAUSE, () => { this.pause = null; this.wake() })
    return { type: 'cursor', rev: this.peer.rev, ranges: this.ranges.map(([anchor, head]) => [there(anchor), there(head)]) }
  }

  end(): void {
    this.pause?.()
  }
}
