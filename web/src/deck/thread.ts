// The joined thread: its lines as the server last sent them, and the lines being
// written here.
//
// One edit is in flight at a time. Its receipt says which line it changed and at
// which revision, so the next edit names exactly what it changes ("line" and
// "rev"), and an error can only answer that edit. Text typed meanwhile waits
// and goes out as one edit. The field is left alone while an edit of its line is
// in flight or an input method composes; afterwards it shows what others wrote.

import { common } from '../base/common'
import type { ClientMessage, Edit, Join, Piece, Refusal, Update } from './wire'

/** What a thread needs of the connection. */
export interface Wire {
  edits: number // sent on this connection, without the refused ones
  send(m: ClientMessage): boolean
  retry(f: () => void): void // calls f after a while
  lost(value: string): void // gets the text of a line that the server did not confirm
}

/** A Draft is one line being written here. */
export class Draft {
  line: number | null = null // its index in the text; null before the server placed it and after others deleted it
  base: { line: number; rev: number } | null = null // the line that the next edit changes, as it stood at rev
  sent = '' // what the server was last sent
  queue: string[] = [] // what it is to be sent, each one replacement away from the one before
  finished = false // Enter was pressed
  rev: number | null = null // of the last receipt

  get value(): string { return this.queue.at(-1) ?? this.sent }
  get unsent(): boolean { return this.finished || this.queue.length > 0 }
  /** An empty place for a new line, which the server knows nothing of. */
  get blank(): boolean { return this.value === '' && !this.unsent && !this.base && this.rev === null }

  /** type joins an edit to the one before it where they touch. An edit over what lies between two others would replace what others write there. */
  type(value: string): void {
    if (value === this.value) return
    const before = this.queue.at(-2) ?? this.sent
    const [first, second] = [common(before, this.value), common(this.value, value)]
    const { length } = this.value
    if (second.head <= length - first.tail && length - second.tail >= first.head) this.queue.pop()
    this.queue.push(value)
  }
}

/** After these refusals the same edit may succeed. */
const passing = new Set(['unavailable', 'rate_limited', 'stale'])

export class Thread {
  title = ''
  lines: (Omit<Piece, 'line'> & { rev: number })[] = [] // as the server last sent them, each at its revision
  joined = false
  composing = false // an input method, in the field
  hand = new Draft() // in the field
  drafts = [this.hand] // and other lines on their way, in the order they were written
  private flight: { draft: Draft; edit: Edit; before: string } | null = null
  private waiting = false // until a refused edit is sent again
  private current: Draft | null = null // whose line the server holds as our current line

  constructor(readonly id: string, private readonly wire: Wire) {}

  /** saving: something of d is not on disk yet. */
  saving(d: Draft): boolean { return d.unsent || this.flight?.draft === d }
  get dirty(): boolean { return this.drafts.some((d) => this.saving(d)) }

  /** compose opens an empty place for a new line. */
  compose(): void { this.hold(new Draft()) }

  type(value: string): void {
    this.hand.type(value)
    this.pump()
  }

  /** finish ends the line in the field and opens an empty place for the next. */
  finish(): void {
    if (this.hand.blank) return
    this.hand.finished = true
    this.compose()
    this.pump()
  }

  /** take brings the line at index into the field; the server learns of it with the first edit. */
  take(index: number): boolean {
    const [line, known] = [this.lines[index], this.drafts.find((d) => d.line === index)]
    if (!line || known?.finished) return false
    this.hold(known ?? Object.assign(new Draft(), { line: index, base: { line: index, rev: line.rev }, sent: line.value }))
    return true
  }

  composed(value: string): void {
    this.composing = false
    this.type(value)
    this.adopt()
  }

  /** enter: joined, or joined again after a break or under another name. */
  enter(m: Join): void {
    this.joined = true
    this.current = null
    this.read(m, null)
  }

  /** resync: lines came, went or moved above the end, or the title changed. */
  resync(m: Join): void {
    if (!this.joined || m.thread !== this.id) return // late, of a thread we left
    const included = this.flight && (m.received ?? 0) >= this.wire.edits ? this.flight : null
    this.read(m, !included ? this.current : included.edit.type === 'submit' ? null : included.draft)
  }

  /** update: somebody else changed a line. */
  update(m: Update): void {
    if (!this.joined || m.id !== this.id) return
    this.put(m)
    this.adopt()
  }

  /** receipt: the edit in flight is on disk. */
  receipt(m: Update): void {
    if (!this.flight) return
    const { draft: d, edit } = this.flight
    this.flight = null
    this.current = edit.type === 'submit' ? null : d
    d.finished &&= edit.type !== 'submit'
    d.rev = m.rev
    d.line = m.line < 0 ? null : m.line
    if (m.line < 0) d.base = null
    // Where others wrote in between, the base stays: the server merges from what we sent since.
    else if (m.value === edit.value) d.base = { line: m.line, rev: m.rev }
    if (m.line >= 0) this.put(m)
    this.hold(this.hand)
    this.adopt()
    this.pump()
  }

  /** refuse: the edit in flight was not accepted. */
  refuse(m: Refusal): void {
    if (!this.flight) return
    const { draft: d, edit, before } = this.flight
    this.flight = null
    if (passing.has(m.code)) {
      if (edit.value !== before) d.queue.unshift(edit.value)
      d.sent = before
      this.waiting = true
      this.wire.retry(() => { this.waiting = false; this.pump() })
    } else this.forget([d])
    this.pump()
  }

  /** cut: nobody here will learn what becomes of the edit in flight. It reports whether there was one. */
  cut(): boolean {
    const cut = this.flight !== null
    this.forget(this.drafts.filter((d) => this.saving(d)))
    this.joined = this.composing = false
    this.flight = this.current = null
    return cut
  }

  /** pump sends the next edit, if none is in flight. */
  private pump(): void {
    const d = this.drafts.find((one) => one.unsent)
    if (!d || !this.joined || this.flight || this.waiting) return
    const [value = d.sent] = d.queue
    const whole = !this.current && !d.base && d.finished && d.queue.length === 1 // begun and finished in one edit
    const type = whole || (d === this.current && d.queue.length === 0) ? 'submit' : d === this.current ? 'update' : 'new'
    const edit: Edit = d.base && type !== 'submit' ? { type: 'update', value, ...d.base } : { type, value }
    if (!this.wire.send(edit)) return
    this.wire.edits++
    this.flight = { draft: d, edit, before: d.sent }
    d.sent = value
    d.queue.shift()
  }

  /** adopt shows in the field what the line reads now, once nothing of ours is on its way. */
  private adopt(): void {
    const d = this.hand
    if (this.saving(d) || this.composing || d.blank) return
    const line = this.lines[d.line ?? -1]
    if (d.line === null || !line) return this.compose() // deleted by others
    d.sent = line.value
    d.base = { line: d.line, rev: line.rev }
  }

  /** read replaces all lines. Where the line of owner is now, the server says. */
  private read(m: Join, owner: Draft | null): void {
    const { head, tail } = common(this.lines.map((l) => l.value), m.data.map((p) => p.value))
    for (const d of this.drafts) {
      // Any other line is found if it is among those that did not change at either end.
      if (d === owner) d.line = m.current
      else if (d.line !== null && d.line >= head) d.line = d.line >= this.lines.length - tail ? d.line + m.data.length - this.lines.length : null
      if (d === owner && d.line === null) d.base = null
    }
    this.title = m.title
    this.lines = m.data.map((p) => ({ ...p, rev: m.rev }))
    this.adopt()
    this.pump()
  }

  private put({ line, value, user, submitted, rev }: Update): void {
    while (this.lines.length < line) this.lines.push({ value: '', user: '', submitted: false, rev: 0 })
    if ((this.lines[line]?.rev ?? 0) <= rev) this.lines[line] = { value, user, submitted, rev }
  }

  /** hold puts d into the field, and forgets what is on disk and not in the field. */
  private hold(d: Draft): void {
    this.hand = d
    this.drafts = [...new Set([...this.drafts, d])].filter((one) => one === d || this.saving(one))
  }

  private forget(lost: Draft[]): void {
    for (const d of lost) if (d.value !== '') this.wire.lost(d.value)
    this.drafts = this.drafts.filter((d) => !lost.includes(d))
    if (lost.includes(this.hand)) this.compose()
  }
}
