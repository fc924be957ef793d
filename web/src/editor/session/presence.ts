// Who is in the thread, and where.

import { shownName } from '../../base/visible'
import { Cursors } from './cursors'
import type { Peer } from './peer'
import type { CursorSeen, People } from './wire'

/** The person at this editor. The server tells their author id. */
export interface Me { user: string; author: string | null }
export type Person = People['people'][number]

export class Presence {
  people: Person[] = []
  readonly cursors: Cursors

  constructor(peer: Peer, private readonly me: Me) {
    this.cursors = new Cursors(peer)
  }

  hear(m: CursorSeen | People): void {
    if (m.type === 'cursor') return this.cursors.see(m)
    this.people = m.people.map((p) => ({ ...p, user: shownName(p.user) }))
    this.me.author ??= m.people.find((p) => p.user === this.me.user)?.author ?? null
    // A list that is cut short says nothing of those it leaves out.
    if (m.people.length >= m.total) this.cursors.keep(new Set(m.people.filter((p) => p.mode === 'text').map((p) => p.author)))
  }

  /** disconnected: nobody knows who is there now. */
  disconnected(): void {
    this.people = []
    this.cursors.clear()
  }
}
