// Where the others are in the text.

import type { ChangeSet, EditorState, Transaction } from '@codemirror/state'
import { entryTaken } from './entry'
import type { Peer } from './peer'
import type { CursorSeen, LogEntry } from './wire'

export interface Cursor { client: string; user: string; author: string; ranges: [number, number][] }

const KEPT = 1000 // entries, for cursors that were sent before them

export class Cursors {
  /** In positions of the text here. */
  list: Cursor[] = []
  private ahead = new Map<string, CursorSeen>() // seen at a revision that has not come yet
  private past: { rev: number; client: string | null; changes: ChangeSet }[] = []

  constructor(private readonly peer: Peer) {}

  /** see takes in a message; true: the list is another. */
  see(state: EditorState, m: CursorSeen): boolean {
    this.ahead.delete(m.client)
    if (m.rev > this.peer.rev) {
      this.ahead.set(m.client, m)
      return false
    }
    const others = this.list.filter((c) => c.client !== m.client)
    const { client, user, author } = m
    if (m.ranges.length > 0) {
      const here = (pos: number): number => this.here(state, m, pos)
      others.push({ client, user, author, ranges: m.ranges.map(([anchor, head]) => [here(anchor), here(head)]) })
    }
    this.list = others
    return true
  }

  private here(state: EditorState, m: CursorSeen, pos: number): number {
    for (const e of this.past) {
      // What somebody types goes before their own cursor, and behind another's.
      if (e.rev > m.rev) pos = e.changes.mapPos(Math.min(pos, e.changes.length), e.client === m.client ? 1 : -1)
    }
    return this.peer.toLocal(state, Math.min(pos, this.peer.base.length), -1)
  }

  /** took hears of entries that were just taken in. */
  took(state: EditorState, entries: readonly LogEntry[]): void {
    for (const e of entries) if (!e.changes.empty) this.past.push({ rev: e.rev, client: e.client, changes: e.changes })
    if (this.past.length > 2 * KEPT) this.past.splice(0, this.past.length - KEPT)
    for (const m of [...this.ahead.values()]) if (m.rev <= this.peer.rev) this.see(state, m)
  }

  /** map moves the cursors with the text here. */
  map(transactions: readonly Transaction[]): void {
    for (const { changes, effects } of transactions) {
      if (changes.empty || this.list.length === 0) continue
      const author = effects.find((e) => e.is(entryTaken))?.value.author
      this.list = this.list.map((c) => {
        const there = (pos: number): number => changes.mapPos(pos, c.author === author ? 1 : -1)
        return { ...c, ranges: c.ranges.map(([anchor, head]) => [there(anchor), there(head)]) }
      })
    }
  }

  /** stay keeps the cursors of those authors alone. */
  stay(authors: ReadonlySet<string>): void {
    this.list = this.list.filter((c) => authors.has(c.author))
    for (const [client, m] of this.ahead) if (!authors.has(m.author)) this.ahead.delete(client)
  }

  clear(): void {
    this.list = []
    this.ahead.clear()
  }

  /** forget drops the entries of the past: another text begins. */
  forget(): void {
    this.clear()
    this.past = []
  }
}
