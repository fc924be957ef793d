// Where we are, for the others to see.

import type { EditorState, Transaction } from '@codemirror/state'
import type { Clock } from './ime-queue'
import type { Peer } from './peer'
import type { Sent } from './wire'

const PAUSE = 100 // ms between two messages
const MOST = 100 // ranges

export class Selection {
  private ranges: [number, number][] = []
  private state: () => EditorState | null = () => null
  private shown = false // the others may see some
  private cancel: (() => void) | null = null
  private dirty = false
  private vague = false // was told in text that others did not have all of

  constructor(private readonly peer: Peer, private readonly clock: Clock, private readonly send: (frame: Sent) => boolean) {}

  show(ranges: [number, number][], state: () => EditorState | null): void {
    this.ranges = ranges.slice(0, MOST)
    this.state = state
    this.dirty = this.shown || ranges.length > 0
    this.flush()
  }

  /** due: a new connection, on which nobody knows yet. */
  due(): void {
    this.shown = false
    this.dirty = this.ranges.length > 0
    this.flush()
  }

  map(transactions: readonly Transaction[]): void {
    for (const tr of transactions) {
      if (tr.docChanged) this.ranges = this.ranges.map(([anchor, head]) => [tr.changes.mapPos(anchor), tr.changes.mapPos(head)])
    }
  }

  /** level: all of the text here is in the log now. */
  level(): void {
    if (!this.vague) return
    this.vague = false
    this.dirty = true
    this.flush()
  }

  private flush(): void {
    const state = this.state()
    if (this.cancel || !this.dirty || !state) return
    const there = (pos: number): number => this.peer.toConfirmed(state, Math.min(pos, state.doc.length))
    const frame: Sent = { type: 'cursor', rev: this.peer.rev, ranges: this.ranges.map(([anchor, head]) => [there(anchor), there(head)]) }
    if (!this.send(frame)) return // it is due at the next join
    this.dirty = false
    this.vague = this.peer.waiting(state) > 0
    this.shown = this.ranges.length > 0
    this.cancel = this.clock.later(PAUSE, () => { this.cancel = null; this.flush() })
  }

  end(): void {
    this.cancel?.()
  }
}
