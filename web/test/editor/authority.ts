// A small authority for one thread, after the protocol's page: it rebases entry
// by entry, skips entries it has logged, and can restart from its log. Chains are
// made from the log's content, so that another log has other chains.

import { ChangeSet, Text } from '@codemirror/state'

export interface Logged {
  rev: number
  user: string
  client: string | null
  seq: number
  changes: ChangeSet | null
  kind: string | null
  more: object
  chain: string
}

interface Push { client: string; seq: number; rev: number; changes: unknown[]; claims?: [index: number, claim: object][] }
export type Frame = Record<string, unknown>

export interface Line { deliver(frame: Frame): void; closed(code: number): void }

interface Joined { client: string; user: string }

const LIMITS = { frame: 1 << 20, changes: 1000, edits: 10_000, text: 4 << 20, lines: 200_000 }
export const THREAD = '01J9Z3N8QJ7C0V5R2K4M6T8W9X'

const hash = (s: string): string => {
  let h = 0x811c9dc5
  for (let i = 0; i < s.length; i++) h = Math.imul(h ^ s.charCodeAt(i), 0x01000193)
  return (h >>> 0).toString(16).padStart(8, '0')
}

export class Authority {
  log: Logged[] = []
  /** The text at each revision, from 0 on. */
  texts: Text[] = [Text.empty]
  lines = new Map<Line, Joined>()
  /** The code with which it refuses pushes. */
  refuse: string | null = null
  readonly = false
  /** How far the times of the log are ahead of its clock, in ms. */
  ahead = 0
  missing = false // it knows no such thread
  /** It maps at most this many changes over entries. */
  cost = 100_000
  /** It composes the entries it rebases over, which is known to diverge. */
  composed = false

  constructor(text = '') {
    this.append({ user: 'Opener', client: null, seq: 0, changes: ChangeSet.of({ from: 0, insert: Text.of(text.split('\n')) }, 0), kind: null, more: {} })
  }

  get text(): Text { return this.texts[this.head]! }
  get head(): number { return this.log.length }
  get chain(): string { return this.log[this.head - 1]!.chain }

  /** restarted is the same thread, folded from the log alone. */
  restarted(upTo = this.head): Authority {
    const again = new Authority()
    again.log = this.log.slice(0, upTo)
    again.texts = [Text.empty]
    for (const e of again.log) again.fold(e)
    again.cost = this.cost
    again.composed = this.composed
    return again
  }

  textAt(rev: number): Text { return this.texts[rev]! }

  private fold(e: Logged): void {
    const text = this.texts[this.texts.length - 1]!
    this.texts.push(e.changes?.apply(text) ?? text)
  }

  private append(e: Omit<Logged, 'rev' | 'chain'>): void {
    const last = this.log[this.head - 1]
    this.log.push({ ...e, rev: this.head + 1, chain: hash(`${last?.chain} ${e.client} ${e.seq} ${e.kind} ${JSON.stringify(e.changes)}`) })
    this.fold(this.log[this.head - 1]!)
  }

  take(line: Line, m: Frame): void {
    const fail = (code: string): void => line.deliver({ type: 'error', code, text: code, re: m.type, ...(code === 'stale' ? { head: this.head } : {}) })
    const joined = this.lines.get(line)
    if (m.type === 'join') return this.join(line, m, fail)
    if (m.type === 'leave') { this.lines.delete(line); return }
    if (!joined) return fail('not_joined')
    if (m.type === 'update') {
      const code = this.push(joined, m as unknown as Push)
      if (code) fail(code)
    } else if (m.type === 'cursor') this.tell({ ...m, id: THREAD, client: joined.client, user: joined.user, author: `A${joined.user}` }, line)
    else if (m.type === 'submit') this.note(joined, 'submitted', { lines: m.lines })
    else if (m.type === 'rename') this.note(joined, 'renamed', { title: m.title })
    else if (m.type === 'version') this.note(joined, 'version', { name: m.name, of: m.rev })
  }

  note(by: Joined, kind: string, more: object): void {
    this.append({ user: by.user, client: null, seq: 0, changes: null, kind, more })
    this.publish(this.head - 1)
  }

  private join(line: Line, m: Frame, fail: (code: string) => void): void {
    const client = m.client as string, user = m.user as string
    if (this.missing) return fail('not_found')
    if (this.log.some((e) => e.client === client && e.user !== user)) return fail('forbidden')
    this.lines.delete(line)
    for (const [other, j] of this.lines) {
      if (j.client !== client) continue
      this.lines.delete(other)
      other.closed(4001)
    }
    this.lines.set(line, { client, user })
    const common = { type: 'join', thread: THREAD, title: 't', limits: LIMITS, readonly: this.readonly, ...(this.ahead > 0 ? { ahead: this.ahead } : {}) }
    const since = m.since as number | undefined
    if (since === undefined || this.log[since - 1]?.chain !== m.chain) {
      const blame = { authors: [], spans: [], lines: [] }
      line.deliver({ ...common, rev: this.head, chain: this.chain, text: this.text.toString(), blame, ...(since === undefined ? {} : { reset: true }) })
      return
    }
    line.deliver({ ...common, rev: since, head: this.head })
    if (this.head > since) line.deliver(this.frame(since))
  }

  /** push returns the code of a refusal, or null. */
  private push(by: Joined, p: Push): string | null {
    if (p.client !== by.client) return 'forbidden'
    if (this.refuse) return this.refuse
    if (this.readonly) return 'read_only'
    const over = this.log.slice(p.rev)
    if (p.rev > this.head || over.length * p.changes.length > this.cost) return 'stale'
    const own = this.log.filter((e) => e.client === p.client)
    const seq = own[own.length - 1]?.seq ?? 0
    const above = over.filter((e) => e.client === p.client)
    if (p.seq > seq + 1 || above.some((e) => e.seq < p.seq) || above.length < seq + 1 - p.seq) return 'stale'
    let changes: ChangeSet[]
    try {
      changes = p.changes.map((c) => ChangeSet.fromJSON(c))
      let length = this.textAt(p.rev).length
      for (const c of changes) {
        if (c.length !== length) return 'bad_change'
        length = c.newLength
      }
    } catch { return 'bad_change' }
    let skipped = 0
    if (this.composed && over.length > 0 && above.length === 0) {
      let c = over.map((e) => e.changes).filter((c) => c !== null).reduce((a, b) => a.compose(b))
      changes = changes.map((u) => { const there = u.map(c); c = c.map(u, true); return there })
    } else for (const e of over) {
      if (e.client === p.client && changes.length > 0) { changes.shift(); skipped++; continue }
      let c = e.changes
      if (c) changes = changes.map((u) => { const there = u.map(c!); c = c!.map(u, true); return there })
    }
    const from = this.head
    changes.forEach((c, i) => {
      const claim = p.claims?.find(([index]) => index === skipped + i)?.[1]
      this.append({ user: by.user, client: p.client, seq: p.seq + skipped + i, changes: c, kind: null, more: claim ? { claim } : {} })
    })
    if (changes.length > 0) this.publish(from)
    return null
  }

  private publish(from: number): void {
    for (const line of this.lines.keys()) line.deliver(this.frame(from))
  }

  private tell(frame: Frame, but: Line): void {
    for (const line of this.lines.keys()) if (line !== but) line.deliver(frame)
  }

  private frame(from: number): Frame {
    let length = this.textAt(from).length
    const updates = this.log.slice(from).map((e) => {
      length = e.changes?.newLength ?? length
      const { rev, user } = e
      const common = { rev, user, author: `A${user}`, at: rev * 1000 }
      return e.kind || !e.changes ? { ...common, kind: e.kind, length, ...e.more } : { ...common, client: e.client ?? 'nobody', seq: e.seq, changes: e.changes.toJSON() }
    })
    return { type: 'update', id: THREAD, rev: this.head, chain: this.chain, updates }
  }
}
