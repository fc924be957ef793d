// Pending edits on their way to the server: one push at a time, smaller after
// the server refused one as too costly, larger again after one came back.

import type { OutboxWriter } from './outbox-writer'
import type { Peer } from './peer'
import type { Limits, Sent } from './wire'

const CHUNK = 200 // changes in a push at most

export class Pushes {
  /** Nothing is sent, for the moment. */
  paused = false
  private last = 0 // number of the last edit under way; 0: none
  private most = CHUNK
  private futile = 0 // refusals in a row

  constructor(private readonly peer: Peer, private readonly writer: OutboxWriter) {}

  get underWay(): boolean { return this.last > 0 }

  /** flying is the number of edits under way. */
  get flying(): number { return Math.max(0, this.last - this.peer.confirmed) }

  /** joined: nothing that was sent before counts. */
  joined(): void {
    this.most = CHUNK
    this.futile = 0
  }

  /** disconnected: nothing is under way any more. */
  disconnected(): void { this.last = 0 }

  /** settle takes note of a push that came back whole. */
  settle(): void {
    if (this.last === 0 || this.peer.confirmed < this.last) return
    this.last = 0
    this.futile = 0
    this.most = Math.min(CHUNK, this.most * 2)
  }

  /** refused makes the next push smaller and returns how many futile ones came in a row. */
  refused(futile: boolean): number {
    this.most = Math.max(1, this.most >> 1)
    if (futile) this.futile++
    return futile ? this.futile : 0
  }

  /** next is the push that may go out now, or null. It counts as under way. */
  next(limits: Limits): Sent | null {
    const { peer } = this
    if (this.paused || this.underWay || peer.waiting === 0) return null
    const push = peer.push(this.most, limits, this.writer.upTo)
    if (push.changes.length === 0) return null
    this.last = push.seq + push.changes.length - 1
    return { type: 'update', client: peer.client, ...push }
  }
}
