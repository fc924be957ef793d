// Where the others are in the text.

import type { ChangeSet, Transaction } from '@codemirror/state'
import { shownName } from '../../base/visible'
import { blameGiven, entryTaken, type Entry } from './entry'
import type { Peer } from './peer'
import type { CursorSeen } from './wire'

/** A Cursor's user is as pages show the name. */
export interface Cursor { client: string; user: string; author: string; ranges: [number, number][] }

const KEPT = 1000 // entries, for cursors that were sent before them

export class Cursors {
  /** In positions of the text here. */
  list: Cursor[] = []
  private ahead = new Map<string, CursorSeen>() // seen at a revision that has not come yet
  private past: { rev: number; client: string | null; changes: ChangeSet }[] = []

  constructor(private readonly peer: Peer) {}

  /** see takes in a message about somebody's cursor. */
  see(m: CursorSeen): void {
    if (m.client === this.peer.client || !this.peer.host) return
    this.ahead.delete(m.client)
    if (m.rev > this.peer.rev) {
      this.ahead.set(m.client, m)
      return
    }
    const others = this.list.filter((c) => c.client !== m.client)
    const { client, user, author } = m
    if (m.ranges.length > 0) {
      others.push({ client, user: shownName(user), author, ranges: m.ranges.map(([anchor, head]) => [this.here(m, anchor), this.here(m, head)]) })
    }
    this.list = others
  }

  private here(m: CursorSeen, pos: number): number {
    for (const e of this.past) {
      // What somebody types goes before their own cursor, and behind another's.
      if (e.rev > m.rev) pos = e.changes.mapPos(Math.min(pos, e.changes.length), e.client === m.client ? 1 : -1)
    }
    return this.peer.toLocal(Math.min(pos, this.peer.base.length), -1)
  }

  /** follow hears of the editor's transactions: cursors move with the text. */
  follow(transactions: readonly Transaction[]): void {
    for (const tr of transactions) {
      if (tr.effects.some((e) => e.is(blameGiven))) this.forget()
      const entry = tr.effects.find((e) => e.is(entryTaken))?.value as Entry | undefined
      if (tr.docChanged) this.map(tr, entry?.author)
      if (entry && !entry.changes.empty) this.past.push({ rev: entry.rev, client: entry.client, changes: entry.changes })
    }
    if (this.past.length > 2 * KEPT) this.past.splice(0, this.past.length - KEPT)
    for (const m of [...this.ahead.values()]) if (m.rev <= this.peer.rev) this.see(m)
  }

  private map({ changes }: Transaction, author: string | undefined): void {
    this.list = this.list.map((c) => {
      const there = (pos: number): number => changes.mapPos(pos, c.author === author ? 1 : -1)
      return { ...c, ranges: c.ranges.map(([anchor, head]) => [there(anchor), there(head)]) }
    })
  }

  /** keep drops the cursors of everybody but these authors. */
  keep(authors: ReadonlySet<string>): void {
    this.list = this.list.filter((c) => authors.has(c.author))
    for (const [client, m] of this.ahead) if (!authors.has(m.author)) this.ahead.delete(client)
  }

  clear(): void {
    this.list = []
    this.ahead.clear()
  }

  private forget(): void {
    this.clear()
    this.past = []
  }
}
