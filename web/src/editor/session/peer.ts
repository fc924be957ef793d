// This editor's side of the change algebra: what the log says, and on top of
// it what was typed here and has not come back. The only module that knows
// @codemirror/collab.
//
// Entries are taken one at a time, each in a transaction of its own: mapping
// over several at once, while some of ours are unconfirmed, is known to end in
// another text than the server's. To collab every client is one of two, us and
// not us; which it is we tell by client and seq, so that our id can change
// while work is unconfirmed. A client and a seq name one edit for ever.

import { collab, receiveUpdates, sendableUpdates } from '@codemirror/collab'
import { ChangeSet, Compartment, EditorState, StateEffect, Text, Transaction, type ChangeDesc, type Extension } from '@codemirror/state'
import type { EditorHost } from './host'
import { difference } from './difference'
import { blameGiven, entryTaken, type Blame, type Entry } from './entry'
import type { Limits, LogEntry } from './wire'

/** Where an editor stands in the log: its text at a revision. */
export interface Standing { rev: number; chain: string; text: Text; blame: Blame }
/** Some of what is to be sent. */
export interface Push { seq: number; rev: number; changes: unknown[] }

/** What stands here does not follow from the log. */
export class Diverged extends Error {}

const US = 'us'
const OTHERS = 'others'

/** On a transaction that puts an edit back: collab counts one that others left nothing of only for its effects. */
const putBack = StateEffect.define<null>()
const sharedEffects = (tr: Transaction): StateEffect<null>[] => tr.effects.filter((e) => e.is(putBack))

/** openIn counts the edits of a state that have not come back; null where it is no editor's. */
export function openIn(state: EditorState): number | null {
  try { return sendableUpdates(state).length } catch { return null }
}

export class Peer {
  /** The last entry taken in, the chain there, and the text that the log has then. */
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
  /** The log has an edit of our client that we know nothing of: we must be another. */
  worn = false

  private readonly slot = new Compartment()
  // What an entry says is added as its transaction is made. Given to collab it
  // would be mapped over the composition of all that is open, entry by entry.
  private telling: StateEffect<Entry> | null = null
  readonly extension: Extension = [
    this.slot.of([]),
    EditorState.transactionExtender.of(() => (this.telling ? { effects: this.telling } : null)),
  ]

  constructor(public client: string, private readonly author: (e: LogEntry) => boolean) {}

  /** reload puts the text of a revision here, and pending on top of it, as edits that may have left. */
  reload(desk: EditorHost, at: Standing, pending: readonly ChangeSet[]): void {
    const effects: StateEffect<unknown>[] = [this.slot.reconfigure([]), blameGiven.of({ rev: at.rev, blame: at.blame })]
    const given = { annotations: [Transaction.addToHistory.of(false), Transaction.remote.of(true)], filter: false }
    const trs = [desk.state.update({ changes: difference(desk.state.doc, at.text), effects, ...given })]
    const then = (tr: Transaction): void => { trs.push(tr) }
    const state = (): EditorState => trs[trs.length - 1]!.state
    then(state().update({ effects: this.slot.reconfigure(collab({ startVersion: at.rev, clientID: US, sharedEffects })), ...given }))
    for (const changes of pending) then(state().update({ changes, effects: putBack.of(null), filter: false, annotations: [Transaction.addToHistory.of(!this.loaded), Transaction.remote.of(true)] }))
    this.rev = at.rev
    this.chain = at.chain
    this.base = at.text
    this.disk ||= at.rev
    this.loaded = true
    this.worn = false
    desk.dispatch(trs)
  }

  /** take takes entries in, which must be the next ones. */
  take(desk: EditorHost, entries: readonly LogEntry[], chain: string): void {
    let state = desk.state
    const trs: Transaction[] = []
    for (const e of entries) {
      if (e.rev !== this.rev + 1) throw new Diverged(`revision ${e.rev} after ${this.rev}`)
      if (e.changes.length !== this.base.length) throw new Diverged(`revision ${e.rev} is for ${e.changes.length} units and the text has ${this.base.length}`)
      const ours = this.confirm(e, sendableUpdates(state)[0]?.changes ?? null)
      this.telling = entryTaken.of(this.told(e, ours))
      try {
        const tr = receiveUpdates(state, [{ changes: e.changes, clientID: ours ? US : OTHERS }])
        trs.push(tr)
        state = tr.state // computed here, with the effect
      } finally { this.telling = null }
      this.base = e.changes.apply(this.base)
      this.rev = e.rev
    }
    this.chain = chain
    desk.dispatch(trs)
    if (sendableUpdates(state).length === 0 && state.doc.length !== this.base.length) throw new Diverged(`the text has ${state.doc.length} units at ${this.rev} and the log's ${this.base.length}`)
  }

  /**
   * confirm says whether an entry is the first of what is open here, and counts
   * it. Where a page died and its outbox had not been written in time, the log
   * has edits of our client that are not ours; ours need other numbers then.
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

  private told(e: LogEntry, ours: boolean): Entry {
    const { rev, at, user, author } = e
    const told: Entry = { rev, at, user, author, own: e.client ? ours : this.author(e), length: e.changes.newLength }
    if (ours) told.seq = e.seq
    if (e.kind) told.kind = e.kind
    if (e.title !== undefined) told.title = e.title
    if (e.name !== undefined) told.name = e.name
    if (e.of !== undefined) told.of = e.of
    if (e.lines) told.lines = e.lines
    return told
  }

  pending(state: EditorState): readonly ChangeSet[] {
    return this.loaded ? sendableUpdates(state).map((u) => u.changes) : []
  }

  /** waiting is how many edits have not come back. */
  waiting(state: EditorState): number {
    return this.loaded ? sendableUpdates(state).length : 0
  }

  /** push gives the first edits to be sent, at most so many, in a frame's bytes, none beyond a number. They count as sent. */
  push(state: EditorState, most: number, limits: Limits, upTo: number): Push {
    const changes: unknown[] = []
    let room = limits.frame - 1024 // the rest of the frame
    for (const c of this.pending(state).slice(0, Math.max(0, Math.min(most, limits.changes, upTo - this.confirmed)))) {
      const json: unknown = c.toJSON()
      room -= bytes(JSON.stringify(json)) + 1
      if (room < 0 && changes.length > 0) break
      changes.push(json)
    }
    this.sent = Math.max(this.sent, this.confirmed + changes.length)
    return { seq: this.confirmed + 1, rev: this.rev, changes }
  }

  /** rebind makes us another client; nothing of the old one may be under way. */
  rebind(client: string): void {
    this.client = client
    this.confirmed = this.sent = 0
    this.worn = false
  }

  /** toConfirmed maps a position here to the log's text. */
  toConfirmed(state: EditorState, pos: number): number {
    return this.pending(state).reduceRight((p, c) => (c as ChangeDesc).invertedDesc.mapPos(p), pos)
  }

  /** toLocal maps a position of the log's text to the text here. */
  toLocal(state: EditorState, pos: number, assoc: number): number {
    return this.pending(state).reduce((p, c) => c.mapPos(p, assoc), pos)
  }
}

/** same says whether two changes may be one edit, mapped: what it inserts stays, unless it was redacted. */
function same(a: ChangeSet, b: ChangeSet): boolean {
  const x = inserted(a), y = inserted(b)
  return x === y || (x.length === y.length && x.includes('\u2588'))
}

function inserted(changes: ChangeSet): string {
  let all = ''
  changes.iterChanges((_a, _b, _c, _d, text) => { all += text.toString() })
  return all
}

const encoder = new TextEncoder()

/** bytes is the length of s as UTF-8. */
export const bytes = (s: string): number => encoder.encode(s).length
