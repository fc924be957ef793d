// This editor's side of the change algebra: the log's text, and on top of it the
// edits typed here that the log does not have yet.
//
// Entries are taken in one at a time, each in a transaction of its own: mapping
// over several at once while own edits are unconfirmed is known to end in
// another text than the server's. The peer tells own entries from others' by client
// and seq, so that our client id can change while edits are unconfirmed. A client and
// a seq name one edit for good.

import { ChangeSet, Compartment, EditorState, StateEffect, Text, Transaction, type ChangeDesc, type Extension } from '@codemirror/state'
import { Claims, countIn, inserted, type Claim } from './claims'
import { difference } from './difference'
import { blameGiven, entryTaken, type Blame, type Entry, type LogEntry } from './entry'
import type { EditorHost } from './host'
import { field, pendingOf, putBack, receive } from './pending'
import type { Limits } from './wire'

/** Where an editor stands in the log: its text at a revision. */
export interface Standing { rev: number; chain: string; text: Text; blame: Blame }
/** The first edits to send. */
export interface Push { seq: number; rev: number; changes: unknown[]; claims?: [index: number, claim: Claim][] }

/** The text here does not follow from the log. */
export class Diverged extends Error {}

/** pendingIn are the edits of a state that the log does not have yet; none where no peer is at work. */
export const pendingIn = (state: EditorState): readonly ChangeSet[] => pendingOf(state).map((p) => p.changes)

export class Peer {
  /** What holds the text; null before a session is attached and after it ends. */
  host: EditorHost | null = null
  /** The last entry taken in, the chain there, and the log's text then. */
  rev = 0
  chain = ''
  base: Text = Text.empty
  loaded = false
  /** The number of our last edit that came back. */
  confirmed = 0
  /** The highest number that may have left. */
  sent = 0
  /** How many edits came back, under whichever client. */
  done = 0
  /** The revision of our last edit on disk. */
  disk = 0
  /** The log has an edit of our client that is unknown here: we must become another client. */
  worn = false

  readonly claims = new Claims()
  private readonly slot = new Compartment()
  // The effect is added while its transaction is made.
  private telling: StateEffect<Entry> | null = null
  readonly extension: Extension = [
    this.slot.of([]),
    this.claims.extension,
    EditorState.transactionExtender.of(() => (this.telling ? { effects: this.telling } : null)),
  ]

  constructor(public client: string, private readonly byUs: (e: LogEntry) => boolean) {}

  /** pending are the edits that the log does not have yet, the oldest first. */
  get pending(): readonly ChangeSet[] {
    return this.loaded && this.host ? pendingIn(this.host.state) : []
  }

  /** waiting is the number of pending edits. */
  get waiting(): number {
    return this.loaded && this.host ? pendingOf(this.host.state).length : 0
  }

  /** reload sets the text of a revision, and on top of it edits that may have left. */
  reload(at: Standing, pending: readonly ChangeSet[]): void {
    const host = this.host!
    const effects: StateEffect<unknown>[] = [this.slot.reconfigure([]), blameGiven.of({ rev: at.rev, text: at.text, blame: at.blame })]
    const given = { annotations: [Transaction.addToHistory.of(false), Transaction.remote.of(true)], filter: false }
    const trs = [host.state.update({ changes: difference(host.state.doc, at.text), effects, ...given })]
    const then = (tr: Transaction): void => { trs.push(tr) }
    const state = (): EditorState => trs[trs.length - 1]!.state
    then(state().update({ effects: this.slot.reconfigure(field), ...given }))
    for (const changes of pending) then(state().update({ changes, filter: false, annotations: [putBack.of(true), Transaction.addToHistory.of(!this.loaded), Transaction.remote.of(true)] }))
    this.rev = at.rev
    this.chain = at.chain
    this.base = at.text
    this.disk ||= at.rev
    this.loaded = true
    this.worn = false
    this.claims.forget(state())
    host.dispatch(trs)
  }

  /** take takes in entries, which must be the next ones. */
  take(entries: readonly LogEntry[], chain: string): void {
    const host = this.host!
    let { state } = host
    const trs: Transaction[] = []
    for (const e of entries) {
      if (e.rev !== this.rev + 1) throw new Diverged(`revision ${e.rev} after ${this.rev}`)
      if (e.changes.length !== this.base.length) throw new Diverged(`revision ${e.rev} is for ${e.changes.length} units and the text has ${this.base.length}`)
      const ours = this.confirm(e, pendingOf(state)[0]?.changes ?? null)
      this.telling = entryTaken.of({ ...e, own: e.client ? ours : this.byUs(e) })
      try {
        const tr = receive(state, e.changes, ours)
        trs.push(tr)
        state = tr.state // computed here, with the effect
      } finally { this.telling = null }
      this.base = e.changes.apply(this.base)
      this.rev = e.rev
    }
    this.chain = chain
    host.dispatch(trs)
    if (pendingOf(state).length === 0 && state.doc.length !== this.base.length) throw new Diverged(`the text has ${state.doc.length} units at ${this.rev} and the log's ${this.base.length}`)
  }

  /** follow hears of the editor's transactions. */
  follow(transactions: readonly Transaction[]): void {
    this.claims.follow(transactions)
    for (const tr of transactions) if (tr.effects.some((e) => e.is(entryTaken) && e.value.kind === 'redacted')) this.claims.forget(tr.state)
  }

  /**
   * confirm reports whether an entry is the first pending edit, and counts it.
   * If a page died before its outbox was written, the log has edits of our
   * client that are not ours; ours need other numbers then.
   */
  private confirm(e: LogEntry, first: ChangeSet | null): boolean {
    if (e.client !== this.client || e.seq === 0 || this.worn) return false
    if (!first || e.seq > this.sent || (e.seq === this.confirmed + 1 && !same(e.changes, first))) {
      this.worn = true
      return false
    }
    if (e.seq !== this.confirmed + 1) throw new Diverged(`own edit ${e.seq} after ${this.confirmed}`)
    this.confirmed++
    this.done++
    this.disk = e.rev
    return true
  }

  /** push returns the first pending edits: at most `most`, within the limits of a push, none above number upTo. They count as sent. */
  push(most: number, limits: Limits, upTo: number): Push {
    const changes: unknown[] = [], claims: [number, Claim][] = []
    const { state } = this.host!, all = pendingOf(state)
    const seq = (edit: number): number => this.confirmed + all.length - (countIn(state) - edit)
    let room = limits.frame - 1024, places = limits.edits // the rest of the push
    for (const u of all.slice(0, Math.max(0, Math.min(most, limits.changes, upTo - this.confirmed)))) {
      const json: unknown = u.changes.toJSON(), claim = this.claims.of(u.origin, u.part, seq)
      room -= bytes(JSON.stringify(claim ? [json, claim] : json)) + 8
      u.changes.iterChanges(() => { places-- }, true)
      if ((room < 0 || places < 0) && changes.length > 0) break
      if (claim) claims.push([changes.length, claim])
      changes.push(json)
    }
    this.sent = Math.max(this.sent, this.confirmed + changes.length)
    return { seq: this.confirmed + 1, rev: this.rev, changes, ...(claims.length > 0 ? { claims } : {}) }
  }

  /** rebind makes us another client; nothing of the old one may be under way. */
  rebind(client: string): void {
    this.client = client
    this.confirmed = this.sent = 0
    this.worn = false
    if (this.host) this.claims.forget(this.host.state, this.waiting)
  }

  /** toConfirmed maps a position here to the log's text. */
  toConfirmed(pos: number): number {
    return this.pending.reduceRight((p, c) => (c as ChangeDesc).invertedDesc.mapPos(p), pos)
  }

  /** toLocal maps a position of the log's text to the text here. */
  toLocal(pos: number, assoc: number): number {
    return this.pending.reduce((p, c) => c.mapPos(p, assoc), pos)
  }
}

/** same reports whether two changes may be one edit, mapped: the inserted text stays, unless it was redacted. */
function same(a: ChangeSet, b: ChangeSet): boolean {
  const x = inserted(a), y = inserted(b)
  return x === y || (x.length === y.length && x.includes('\u2588'))
}

const encoder = new TextEncoder()

/** bytes is the length of s as UTF-8. */
export const bytes = (s: string): number => encoder.encode(s).length
