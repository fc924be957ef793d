// Frames wait while an input method composes: a change beside the syllable that
// is being composed would double it. Typed text still goes out.

import type { Clock } from './options'
import type { Peer } from './peer'
import type { Update } from './wire'

/** Milliseconds until a frame that does not touch the composing line comes in. */
const PATIENCE = 3000

export class ImeQueue {
  private queue: Update[] = []
  private since = 0
  private cancel: (() => void) | null = null

  /** wake is called when a frame that next held back may come in. */
  constructor(private readonly peer: Peer, private readonly clock: Clock, private readonly wake: () => void) {}

  /** reached is where the frames received so far end, which is where to resume from. */
  get reached(): { rev: number; chain: string } {
    return this.queue[this.queue.length - 1] ?? this.peer
  }

  get empty(): boolean {
    return this.queue.length === 0
  }

  add(frame: Update): void {
    if (this.queue.length === 0) this.since = this.clock.now()
    this.queue.push(frame)
  }

  clear(): void {
    this.queue = []
    this.cancel?.()
    this.cancel = null
  }

  /** next removes and returns the first frame, or null if there is none or it must wait. */
  next(): Update | null {
    this.cancel?.()
    this.cancel = null
    const frame = this.queue[0]
    if (!frame) return null
    const left = this.since + PATIENCE - this.clock.now()
    if (this.peer.host?.composing && !this.harmless(frame) && (left > 0 || !this.elsewhere(frame))) {
      if (left > 0) this.cancel = this.clock.later(left, this.wake)
      return null
    }
    this.queue.shift()
    return frame
  }

  /** harmless frames change nothing in the text here. */
  private harmless(frame: Update): boolean {
    return frame.updates.every((e) => e.changes.empty || (e.client === this.peer.client && e.seq <= this.peer.sent))
  }

  /** elsewhere reports that a frame touches neither the composing line nor, from either side, its breaks: a change right beside a break redraws the composing line, too. */
  private elsewhere(frame: Update): boolean {
    const { state } = this.peer.host!
    const line = state.doc.lineAt(state.selection.main.head)
    let from = this.peer.toConfirmed(line.from), to = this.peer.toConfirmed(line.to)
    for (const { changes } of frame.updates) {
      let touched = false
      changes.iterChangedRanges((start, end) => { touched ||= start <= to + 1 && end >= from - 1 })
      if (touched) return false
      from = changes.mapPos(from, 1)
      to = changes.mapPos(to, -1)
    }
    return true
  }
}
