// Frames wait while an input method is at work: a change next to the syllable
// that it composes would double it. What is typed goes out all the same.

import type { EditorHost } from './host'
import type { Peer } from './peer'
import type { Update } from './wire'

/** Milliseconds after which what does not touch the composing line is let in. */
export const PATIENCE = 3000

export interface Clock {
  /** now is the time in Unix milliseconds. */
  now(): number
  /** later calls f after ms milliseconds, unless what it returns is called first. */
  later(ms: number, f: () => void): () => void
}

export class ImeQueue {
  private queue: Update[] = []
  private since = 0
  private cancel: (() => void) | null = null

  constructor(private readonly peer: Peer, private readonly clock: Clock, private readonly take: (frame: Update) => void) {}

  /** reached is where the frames that have come end: where to resume from. */
  get reached(): { rev: number; chain: string } {
    return this.queue[this.queue.length - 1] ?? this.peer
  }

  get empty(): boolean {
    return this.queue.length === 0
  }

  add(desk: EditorHost, frame: Update): void {
    if (this.queue.length === 0) this.since = this.clock.now()
    this.queue.push(frame)
    this.release(desk)
  }

  clear(): void {
    this.queue = []
    this.cancel?.()
    this.cancel = null
  }

  /** release lets in, in order, what may come in now. */
  release(desk: EditorHost): void {
    this.cancel?.()
    this.cancel = null
    while (this.queue.length > 0) {
      const left = this.since + PATIENCE - this.clock.now()
      if (desk.composing && !this.harmless(this.queue[0]!) && (left > 0 || !this.elsewhere(desk, this.queue[0]!))) {
        if (left > 0) this.cancel = this.clock.later(left, () => this.release(desk))
        return
      }
      this.take(this.queue.shift()!)
    }
  }

  /** harmless frames change nothing here. */
  private harmless(frame: Update): boolean {
    return frame.updates.every((e) => e.changes.empty || (e.client === this.peer.client && e.seq <= this.peer.sent))
  }

  /** elsewhere says that a frame neither touches the composing line nor its breaks, from either side: a change right beside a break draws the composing line anew, too. */
  private elsewhere(desk: EditorHost, frame: Update): boolean {
    const line = desk.state.doc.lineAt(desk.state.selection.main.head)
    let from = this.peer.toConfirmed(desk.state, line.from), to = this.peer.toConfirmed(desk.state, line.to)
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
