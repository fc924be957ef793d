// A draft is one line of ours that the server does not wholly have yet, or that
// the caret stands in. It outlives connections: what was typed is in value, what
// of it may have reached the disk is in base and sent.

import type { Line } from './lines'
import { distance, rebase, touches } from './merge'

/** A line as the server had it: index and text at revision rev. */
export interface Base { line: number; rev: number; value: string }

/** How far a draft has come, for the mark beside it. */
export type Mark =
  | { at: 'here' | 'sent' | 'removed' }
  | { at: 'disk'; rev: number }
  | { at: 'refused'; code: string; text: string }

export class Draft {
  value = ''
  /**
   * Values to pass through on the way to value, while it cannot be sent: one for
   * each place that was edited, since the server takes each value for one
   * replacement and would see two, far apart, as one over all between them.
   */
  via: string[] = []
  /** Where it stands in the thread now, as far as known. */
  line: number | null = null
  /** What value grew from; with it the line can be named to the server by identity. */
  base: Base | null = null
  /** Values sent since base, oldest first. */
  sent: string[] = []
  /** The value the server will hold when all that was sent has arrived; null asks for a resend. */
  last: string | null = ''
  /** Sent on this connection, without a receipt so far. */
  pending = 0
  /** Enter was pressed. */
  done = false
  /** The submit was sent. */
  closed = false
  /** The thread's data already shows it, though receipts are still due. */
  shown = false
  /** Someone else's words came in since our last edit, so the next one names its base. */
  foreign = false
  /** The connection broke with edits unacknowledged: they may or may not be on disk. */
  doubt = false
  /** Where the line was found to be and what it reads, after such a break. */
  found: (Base & { submitted: boolean; user: string }) | null = null
  /** Where to ask for it: base, unless it was found anew since. */
  place: Base | null = null
  probing = false
  refused: { code: string; text: string } | null = null
  /** Revision of the last receipt. */
  rev: number | null = null

  static at(line: number, piece: Line): Draft {
    const d = new Draft()
    d.line = line
    d.value = d.last = piece.value
    d.base = { line, rev: piece.rev, value: piece.value }
    return d
  }

  /** edit: the line is to read value. */
  edit(value: string): void {
    const from = this.via.at(-1) ?? this.last ?? this.base?.value ?? ''
    if (from !== this.value && !touches(from, this.value, value)) this.via.push(this.value)
    this.value = value
  }

  /** next is the value to send now. */
  get next(): string {
    return this.via[0] ?? this.value
  }

  get unsent(): boolean {
    return this.doubt || this.via.length > 0 || this.value !== this.last || (this.done && !this.closed)
  }

  /** The server has not been told of this line, or refused it. */
  get unbegun(): boolean {
    return !this.base && !this.doubt && this.pending === 0
  }

  /** Nothing of it would be lost by forgetting it. */
  get settled(): boolean {
    return !this.unsent && this.pending === 0
  }

  /** An empty place to write in, of which the server has never heard. */
  get blank(): boolean {
    return this.value === '' && !this.base && this.last === '' && this.sent.length === 0 && !this.done
  }

  /** cut notes that the connection is gone. */
  cut(): void {
    if (this.pending > 0 || this.probing) this.doubt = true
    this.pending = 0
    this.probing = false
    this.place = this.doubt ? (this.found ?? this.place ?? this.base) : null
    this.found = null
    if (this.doubt) this.closed = false
  }

  /** resume continues from what the line reads now, without repeating what of ours is in it. */
  resume(found: Base): void {
    // Which of our values got through shows in what the line reads: the nearest.
    const known = [this.base?.value ?? '', ...this.sent]
    let least = Infinity
    let through = 0
    known.forEach((v, i) => {
      const d = distance(v, found.value)
      if (d <= least) [least, through] = [d, i]
    })
    let from = known[through]!
    const steps = [...known.slice(through + 1), ...this.via, this.value]
    this.value = found.value
    this.rebase(found)
    for (const to of steps) {
      this.edit(rebase(from, to, this.value))
      from = to
    }
    this.foreign = true
    this.doubt = false
    this.found = null
  }

  /** rebase takes a line of the server's as what this draft has grown from and equals so far. */
  rebase(on: Base): void {
    this.base = { line: on.line, rev: on.rev, value: on.value }
    this.place = null
    this.line = on.line
    this.last = on.value
    this.sent = []
    this.via = []
  }

  mark(joined: boolean): Mark | null {
    if (this.refused) return { at: 'refused', ...this.refused }
    if (this.blank) return null
    if (this.unsent) return { at: 'here' }
    if (this.pending > 0) return joined ? { at: 'sent' } : { at: 'here' }
    if (this.rev === null) return null
    return this.line === null ? { at: 'removed' } : { at: 'disk', rev: this.rev }
  }
}
