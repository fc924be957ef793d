// What is asked of the server once all edits so far are in the log: to finish
// lines, to name a version, to rename. One at a time, in order; what was asked
// when the connection was lost is asked again, unless the log has it.

import type { EditorState, Transaction } from '@codemirror/state'
import { Refused } from '../../base/api'
import type { Peer } from './peer'
import type { LogEntry, Refusal, Sent } from './wire'

interface Ask {
  re: 'submit' | 'version' | 'rename'
  /** Goes out when so many edits have come back. */
  after: number
  out: boolean
  /** It was out at least once: an entry may be its answer. */
  tried: boolean
  frame(state: EditorState): Sent
  answers(e: LogEntry): boolean
  map?(tr: Transaction): void
  done(e: LogEntry): void
  fail(e: Refused): void
}

type Words = Pick<Ask, 're' | 'frame' | 'answers'> & Partial<Pick<Ask, 'map'>>

const AGAIN = new Set(['stale', 'unavailable', 'rate_limited', 'not_joined'])

export class Requests {
  private list: Ask[] = []

  constructor(private readonly peer: Peer, private readonly ours: (e: LogEntry) => boolean) {}

  submit(state: EditorState, from: number, to: number): Promise<LogEntry> {
    const line = (n: number): number => Math.min(Math.max(n, 0), state.doc.lines - 1) + 1
    let start = state.doc.line(line(from)).from, end = state.doc.line(line(Math.max(from, to))).from
    return this.add(state, {
      re: 'submit',
      frame: (state) => {
        const there = (pos: number): number => this.peer.base.lineAt(this.peer.toConfirmed(state, pos)).number - 1
        const first = there(start)
        return { type: 'submit', rev: this.peer.rev, lines: [first, Math.max(first, there(end))] }
      },
      answers: (e) => e.kind === 'submitted',
      map: (tr) => { start = tr.changes.mapPos(start, 1); end = tr.changes.mapPos(end, 1) },
    })
  }

  version(state: EditorState, name: string): Promise<LogEntry> {
    return this.add(state, { re: 'version', frame: () => ({ type: 'version', rev: this.peer.rev, name }), answers: (e) => e.kind === 'version' && e.name === name })
  }

  rename(state: EditorState, title: string): Promise<LogEntry> {
    return this.add(state, { re: 'rename', frame: () => ({ type: 'rename', title }), answers: (e) => e.kind === 'renamed' && e.title === title })
  }

  private add(state: EditorState, words: Words): Promise<LogEntry> {
    const after = this.peer.done + this.peer.waiting(state)
    return new Promise((done, fail) => this.list.push({ ...words, after, out: false, tried: false, done, fail }))
  }

  /** next is a frame that may go out now. It counts as sent. */
  next(state: EditorState): Sent | null {
    const first = this.list[0]
    if (!first || first.out || this.peer.done < first.after) return null
    first.out = first.tried = true
    return first.frame(state)
  }

  took(entries: readonly LogEntry[]): void {
    for (const e of entries) {
      const first = this.list[0]
      if (!first?.tried || !e.kind || !this.ours(e) || !first.answers(e)) continue
      this.list.shift()
      first.done(e)
    }
  }

  /** refused hears an error; true: ask again in a while. */
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

  /** cut: the connection is gone, and with it what was asked. */
  cut(): void {
    for (const ask of this.list) ask.out = false
  }

  /** drop gives everything up: the edits that it waited for never come. */
  drop(code: string): void {
    for (const ask of this.list.splice(0)) ask.fail(new Refused(code, 'given up', 0))
  }

  map(transactions: readonly Transaction[]): void {
    for (const tr of transactions) if (tr.docChanged) for (const ask of this.list) ask.map?.(tr)
  }
}
