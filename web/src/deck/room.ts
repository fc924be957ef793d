// The joined thread: its lines, and ours on their way to them. Pure: it is told
// what arrives and what is typed, and hands out messages.
//
// An edit to a line of which a receipt says that the server holds it as ours on
// this connection goes out bare; one after a change of line, after a reconnect or
// after somebody else's words names the line as it stood when we last took it in
// ("line" and "rev"), so that the server merges from exactly there. A new line's
// second edit waits for the receipt of the first: had that been refused, a bare
// one would rewrite the line we were in before. A submit is always bare, so it
// waits likewise; a whole new line may be one submit if we are in no line. While anything of ours lacks its
// receipt, or an input method is composing, the line in hand is left alone.
//
// After a break, a line with unacknowledged edits is first asked about: an
// update that equals its base appends nothing, and its receipt says where the
// line is and what it reads. Only what is missing is then sent.

import { Draft } from './draft'
import { apply, findOwn, linesOf, relocate, type Line } from './lines'
import type { Edit, Join, Refusal, Update } from './wire'

/** One edit on its way, waiting for its receipt. */
export interface Op {
  room: Room
  draft: Draft
  type: Edit['type']
  value: string
  probe: boolean
  /** It made this line our current one; before it, another or none was. */
  claims: boolean
  /** A whole line in one submit: refused or not, it leaves us without a current line. */
  whole: boolean
}

/** The wire as a room sees it. */
export interface Flight {
  /** How many more edits may go out before receipts come back. */
  room(): number
  send(edit: Edit, op: Op): boolean
  /** Those of these operations that a resync with this count does not include yet. */
  after(received: number): Op[]
  /** Calls again in a while, after a refusal that passes. */
  later(retry: () => void): void
}

/** Codes after which the same edit may be sent again. */
const passing = new Set(['unavailable', 'rate_limited', 'stale'])
const nobody = new Draft()

export class Room {
  lines: Line[]
  title: string
  rev: number
  joined = true
  composing = false
  drafts: Draft[] = []
  current: Draft
  /** The draft whose line the server holds as our current one on this connection. */
  private holder: Draft | null = null
  /** The edit that made it so. */
  private claim: Op | null = null
  /** Its receipt has come. */
  private held = false
  /** The server certainly holds no line as ours; closing, once received, makes it so. */
  private clear = true
  private closing: Op | null = null

  constructor(m: Join, readonly id: string, private readonly flight: Flight, public user: string) {
    this.lines = linesOf(m)
    this.title = m.title
    this.rev = m.rev
    this.current = this.compose()
  }

  /** Something typed here is not on disk. */
  get dirty(): boolean {
    return this.drafts.some((d) => !d.settled && !d.blank)
  }

  // What the person does.

  /** type: the line in hand now reads value. */
  type(value: string): void {
    const d = this.current
    if (d.value === value) return
    d.edit(value)
    d.refused = null
    this.pump()
  }

  /** submit finishes the line in hand and opens an empty place at the end; an empty new line is not worth a line. */
  submit(): void {
    const d = this.current
    if (d.blank) return
    d.done = true
    d.refused = null
    this.compose()
    this.pump()
  }

  /** compose puts the caret in an empty place at the end. */
  compose(): Draft {
    this.drop(this.current)
    this.current = new Draft()
    this.drafts.push(this.current)
    return this.current
  }

  /** take puts the caret in the line at index; the server hears of it with the first change. */
  take(index: number): boolean {
    const line = this.lines[index]
    if (!line) return false
    const held = this.drafts.find((d) => d.line === index)
    if (held === this.current) return true
    if (held?.done) return false // our own finish of it is still on its way
    const left = this.current
    this.current = held ?? Draft.at(index, line)
    if (!held) this.drafts.push(this.current)
    this.drop(left)
    return true
  }

  /** composed: the input method is done and the line reads value. */
  composed(value: string): void {
    this.composing = false
    this.type(value)
    this.settle(this.current)
    this.reconcile()
    this.pump()
  }

  // What the connection does.

  /** cut: the connection is gone. */
  cut(): void {
    this.joined = false
    this.hold(null)
    this.clear = true
    for (const d of this.drafts) d.cut()
  }

  /** enter: joined again, after a break or under another name. */
  enter(m: Join): void {
    const before = this.lines
    this.adopt(m)
    this.joined = true
    this.hold(null)
    this.clear = true
    this.closing = null
    for (const d of this.drafts) {
      if (d.line !== null) d.line = relocate(before, this.lines, d.line)
      d.shown = false
      if (d.doubt && !d.place) this.seek(d, before)
    }
    this.tidy()
    this.pump()
  }

  /** resync: lines came, went or moved above the end, or the title changed. */
  resync(m: Join): void {
    const before = this.lines
    const due = this.flight.after(m.received ?? 0).filter((op) => op.room === this)
    this.adopt(m)
    const exact = due.every((op) => op.draft === this.holder && !op.claims)
    for (const d of this.drafts) {
      if (d.line !== null) d.line = relocate(before, this.lines, d.line)
      if (d === this.holder && exact) {
        d.line = m.current
        if (d.line === null) d.base = null // deleted: the next update brings it back
      }
      if (d.done && d.closed && !due.some((op) => op.draft === d)) d.shown = true
    }
    this.tidy()
    this.reconcile()
  }

  /** update: somebody else's change. */
  update(m: Update): void {
    apply(this.lines, m)
    this.rev = Math.max(this.rev, m.rev)
    for (const d of this.drafts) if (d.line === m.line) d.foreign = true
    this.reconcile()
  }

  /** receipt: an edit of ours is on disk. */
  receipt(op: Op, m: Update): void {
    const d = op.draft
    d.pending--
    if (m.line >= 0) apply(this.lines, m)
    this.rev = Math.max(this.rev, m.rev)
    if (this.claim === op) this.held = true
    if (this.closing === op) this.clear = true
    if (op.probe) this.answered(d, m)
    else this.landed(d, op, m)
    this.tidy()
    this.pump()
  }

  /** refuse: an edit of ours was not taken. */
  refuse(op: Op, m: Refusal): void {
    const d = op.draft
    d.pending--
    if (!op.whole) {
      this.hold(nobody)
      this.clear = false
      this.closing = null
    }
    d.last = null
    d.closed = false
    if (op.probe) d.probing = false
    if (op.probe && !passing.has(m.code)) {
      d.doubt = false // the line cannot be asked about: better twice than not at all
      d.base = d.place = null
    }
    d.refused = { code: m.code, text: m.text }
    if (passing.has(m.code)) {
      this.flight.later(() => {
        d.refused = null
        this.pump()
      })
    } else if (d.done && this.current.blank) {
      // Give it back into the hand rather than leave it beyond reach.
      d.done = false
      const blank = this.current
      this.current = d
      this.drop(blank)
    }
  }

  /** pump sends what may be sent, oldest draft first. */
  pump(): void {
    if (!this.joined) return
    let queue = false
    for (const d of [...this.drafts]) {
      // New lines begin in the order in which they were written.
      if (queue && d.unbegun) continue
      while (this.flight.room() > 0 && this.offer(d)) { /* a line may need several */ }
      queue ||= d.unbegun && d.unsent
    }
  }

  // How it is done.

  private adopt(m: Join): void {
    this.lines = linesOf(m)
    this.title = m.title
    this.rev = m.rev
  }

  /** offer sends the next edit of d, and says whether there was one. */
  private offer(d: Draft): boolean {
    if (d.refused || !d.unsent) return false
    if (d.doubt) return this.probe(d)
    const holder = this.holder
    if (holder === d && this.held) {
      if (d.done && d.via.length === 0) return this.put(d, { type: 'submit', value: d.value })
      const name = d.foreign && d.base ? { line: d.base.line, rev: d.base.rev } : {}
      return this.put(d, { type: 'update', value: d.next, ...name })
    }
    // Whoever is about to be finished must not lose its place before it is.
    if (holder?.done && holder.pending > 0 && holder !== d) return false
    if (d.base) {
      if (holder === d && d.value === d.last && d.via.length === 0) return false // waits for its claim
      return this.put(d, { type: 'update', value: d.next, line: d.base.line, rev: d.base.rev })
    }
    if (d.pending > 0) return false // its receipt will tell where it is
    if (d.done && d.via.length === 0) {
      if (this.clear) return this.put(d, { type: 'submit', value: d.value })
      if (!holder) return false // the submit before it has no receipt yet
    }
    return this.put(d, { type: 'new', value: d.next })
  }

  private put(d: Draft, edit: Edit): boolean {
    const op = { room: this, draft: d, value: edit.value, probe: false, type: edit.type, claims: this.holder !== d, whole: false }
    if (!this.flight.send(edit, op)) return false
    this.closing = null
    if (edit.type !== 'submit') this.clear = false
    else if (this.clear) op.whole = true
    else this.closing = op
    d.pending++
    d.last = edit.value
    d.via.shift()
    d.sent.push(edit.value)
    d.foreign = d.shown = false
    d.closed = edit.type === 'submit'
    this.hold(d.closed ? null : d, op)
    return true
  }

  /** probe asks where a line in doubt is; false: nothing was sent. */
  private probe(d: Draft): boolean {
    if (!d.place || d.probing || d.found) return false
    const { line, rev, value } = d.place
    const op = { room: this, draft: d, value, probe: true, type: 'update' as const, claims: true, whole: false }
    if (!this.flight.send({ type: 'update', value, line, rev }, op)) return false
    d.pending++
    d.probing = true
    this.clear = false
    this.closing = null
    this.hold(d, op)
    return false
  }

  private hold(d: Draft | null, by: Op | null = null): void {
    if (this.holder === d) return
    this.holder = d
    this.claim = by
    this.held = false
  }

  private answered(d: Draft, m: Update): void {
    d.probing = false
    if (m.line < 0) {
      // The line is gone: what we have of it becomes a new one.
      d.doubt = false
      d.base = d.place = d.line = null
      d.last = null
      d.sent = []
      this.hold(nobody)
      return
    }
    d.found = { line: m.line, rev: m.rev, value: m.value, submitted: m.submitted, user: m.user }
    d.line = m.line
    this.settle(d)
  }

  /** seek looks for a line begun before the break, of which no receipt told us the place. */
  private seek(d: Draft, before: Line[]): void {
    const at = findOwn(before, this.lines, this.user, d.sent)
    const line = at === null ? undefined : this.lines[at]
    if (at === null || !line) {
      d.doubt = false
      d.last = null
      d.sent = []
      return
    }
    d.found = { line: at, rev: line.rev, value: line.value, submitted: line.submitted, user: line.user }
    d.line = at
    this.settle(d)
  }

  /** settle ends a draft's doubt; not under a composing input method's hands. */
  private settle(d: Draft): void {
    const f = d.found
    if (!f || (d === this.current && this.composing)) return
    d.resume(f)
    d.rev = f.rev
    if (d.done && f.submitted && f.user === this.user && d.value === f.value) d.closed = true
  }

  private landed(d: Draft, op: Op, m: Update): void {
    d.rev = m.rev
    if (m.line < 0) {
      d.line = d.base = null
    } else {
      d.line = m.line
      if (m.value === op.value) {
        d.base = { line: m.line, rev: m.rev, value: m.value }
        d.sent = d.sent.slice(d.sent.indexOf(op.value) + 1)
      } else {
        d.foreign = true
      }
    }
    if (d.last === null && op.value === d.value) {
      // An earlier edit was refused, but this one says all of it.
      d.last = d.value
      d.refused = null
    }
    this.reconcile()
  }

  /** reconcile takes into the line in hand what others did to it, once nothing of ours is on its way. */
  private reconcile(): void {
    const d = this.current
    if (d.line === null || !d.settled || this.composing) return
    const line = this.lines[d.line]
    if (!line || line.value === d.value && d.base?.rev === line.rev) return
    d.value = line.value
    d.rebase({ line: d.line, rev: line.rev, value: line.value })
  }

  /** tidy forgets drafts that are wholly on disk and no longer in hand. */
  private tidy(): void {
    for (const d of [...this.drafts]) if (d !== this.current) this.drop(d)
    const c = this.current
    // An untouched line that vanished from under the caret.
    if (c.base && c.line === null && c.settled && c.rev === null && !this.composing) this.compose()
  }

  private drop(d: Draft | undefined): void {
    if (d && (d.settled || d.blank)) this.drafts = this.drafts.filter((x) => x !== d)
  }
}
