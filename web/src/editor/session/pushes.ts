// Pending edits on their way to the server: one push at a time, smaller after the server
// refused one as too costly or too large, and after connections broke while one was under
// way; larger again after one came back.

import type { OutboxWriter } from './outbox-writer'
import type { Peer } from './peer'
import type { Limits, Sent } from './wire'

const CHUNK = 200 // changes in a push at most
const PATIENCE = 2 // connections that may break while a push is under way before it is made smaller

export class Pushes {
  /** Nothing is sent, for the moment. */
  paused = false
  private last = 0 // number of the last edit under way; 0: none
  private most = CHUNK
  private ceiling = CHUNK // of most, until a push comes back
  private size = 0 // of the push under way, or the last one
  private broken = 0 // connections in a row, each with a push under way
  private futile = 0 // refusals in a row

  constructor(private readonly peer: Peer, private readonly writer: OutboxWriter) {}

  get underWay(): boolean { return this.last > 0 }

  /** flying is the number of edits under way. */
  get flying(): number { return Math.max(0, this.last - this.peer.confirmed) }

  /** joined: nothing that was sent before counts. */
  joined(): void {
    this.most = this.ceiling
    this.futile = 0
  }

  /** disconnected: nothing is under way any more. */
  disconnected(): void { this.last = 0 }

  /**
   * broke: the connection is gone. tooLarge: because of the size of a frame. It reports
   * false if that frame was a push of one edit, which can never get through.
   */
  broke(tooLarge: boolean): boolean {
    if (!this.underWay) return true
    this.last = 0
    if (tooLarge && this.size === 1) return false
    if (tooLarge || ++this.broken > PATIENCE) this.ceiling = Math.max(1, this.size >> 1)
    return true
  }

  /** settle takes note of a push that came back whole. */
  settle(): void {
    if (this.last === 0 || this.peer.confirmed < this.last) return
    this.last = this.futile = this.broken = 0
    this.ceiling = CHUNK
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
    this.size = push.changes.length
    this.last = push.seq + this.size - 1
    return { type: 'update', client: peer.client, ...push }
  }
}
