// Requests to finish lines, to name a version, to rename the thread. They wait
// until all edits made before them are in the log and go out one at a time, in
// order. One that was out when the connection broke goes out again, unless the
// log has it.

import type { Transaction } from '@codemirror/state'
import { Refused } from '../../base/api'
import { entryTaken, type Entry } from './entry'
import type { Peer } from './peer'
import type { Refusal, Sent } from './wire'

interface Request {
  re: 'submit' | 'version' | 'rename'
  /** It goes out once this many edits have come back. */
  after: number
  out: boolean
  /** It was out at least once: an entry may be its answer. */
  tried: boolean
  frame(): Sent
  answeredBy(e: Entry): boolean
  map?(tr: Transaction): void
  done(e: Entry): void
  fail(e: Refused): void
}

type Kind = Pick<Request, 're' | 'frame' | 'answeredBy'> & Partial<Pick<Request, 'map'>>

const AGAIN = new Set(['stale', 'unavailable', 'rate_limited', 'not_joined'])

export class Requests {
  private list: Request[] = []

  constructor(private readonly peer: Peer) {}

  /** submit finishes lines of the text here, from 0, both inclusive. */
  submit(from: number, to: number): Promise<Entry> {
    const { peer } = this
    const { doc } = peer.host!.state
    const startOf = (n: number): number => doc.line(Math.min(Math.max(n, 0), doc.lines - 1) + 1).from
    let start = startOf(from), end = startOf(Math.max(from, to))
    return this.add({
      re: 'submit',
      frame: () => {
        const lineAt = (pos: number): number => peer.base.lineAt(peer.toConfirmed(pos)).number - 1
        const first = lineAt(start)
        return { type: 'submit', rev: peer.rev, lines: [first, Math.max(first, lineAt(end))] }
      },
      answeredBy: (e) => e.kind === 'submitted',
      map: (tr) => { start = tr.changes.mapPos(start, 1); end = tr.changes.mapPos(end, 1) },
    })
  }

  version(name: string): Promise<Entry> {
    return this.add({ re: 'version', frame: () => ({ type: 'version', rev: this.peer.rev, name }), answeredBy: (e) => e.kind === 'version' && e.name === name })
  }

  rename(title: string): Promise<Entry> {
    return this.add({ re: 'rename', frame: () => ({ type: 'rename', title }), answeredBy: (e) => e.kind === 'renamed' && e.title === title })
  }

  private add(kind: Kind): Promise<Entry> {
    const after = this.peer.done + this.peer.waiting
    return new Promise((done, fail) => this.list.push({ ...kind, after, out: false, tried: false, done, fail }))
  }

  /** next is the frame that may go out now, or null. It counts as sent. */
  next(): Sent | null {
    const first = this.list[0]
    if (!first || first.out || this.peer.done < first.after) return null
    first.out = first.tried = true
    return first.frame()
  }

  /** follow hears of the editor's transactions: entries may be answers, and lines move. */
  follow(transactions: readonly Transaction[]): void {
    for (const tr of transactions) {
      if (tr.docChanged) for (const request of this.list) request.map?.(tr)
      for (const { value } of tr.effects.filter((e) => e.is(entryTaken))) this.take(value as Entry)
    }
  }

  private take(e: Entry): void {
    const first = this.list[0]
    if (!first?.tried || !e.kind || !e.own || !first.answeredBy(e)) return
    this.list.shift()
    first.done(e)
  }

  /** refused reports true if the request should go out again in a while. */
  refused(m: Refusal): boolean {
    const first = this.list[0]
    if (!first || first.re !== m.re || !first.out) return false
    if (AGAIN.has(m.code)) {
      first.out = false
      return true
    }
    this.list.shift()
    first.fail(new Refused(m.code, m.text, 0))
    return false
  }

  /** disconnected: nothing is out any more. */
  disconnected(): void {
    for (const request of this.list) request.out = false
  }

  /** drop fails all requests: the edits that they wait for never come back. */
  drop(code: string): void {
    for (const request of this.list.splice(0)) request.fail(new Refused(code, 'dropped', 0))
  }
}
