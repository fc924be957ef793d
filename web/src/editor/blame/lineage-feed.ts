// The history of one line, kept up to date while it is shown.

import type { LineRef } from './asked-line'
import { extended, historyURL, lineage, linesURL, renewed, type HistoryAnswer, type Lineage, type LinesAnswer } from './lineage-answer'

/** The part of a Session that a Feed needs. */
export interface FeedSession {
  readonly thread: string
  readonly ahead: number
  rev: number
  link: 'connecting' | 'up' | 'down'
  onChange(f: () => void): () => void
}

export type Ask = <T>(path: string, options: { signal: AbortSignal }) => Promise<T>

const PAGE = 50 // entries in one request
const PAUSE = 1000 // ms at least between two requests for new entries

export class Feed {
  /** waiting: the line is not in the log yet. */
  state: 'waiting' | 'asking' | 'shown' | 'failed' = 'asking'
  older: 'idle' | 'asking' | 'failed' = 'idle'
  known: Lineage | null = null
  private id: string | null = null
  private busy = false
  private failedAt = 0 // the revision at which a request failed
  private timer: ReturnType<typeof setTimeout> | undefined
  private readonly stopped = new AbortController()
  private readonly forget: () => void

  /** changed is called whenever a field above changes. */
  constructor(private readonly session: FeedSession, private readonly line: LineRef, private readonly ask: Ask, private readonly changed: () => void) {
    this.forget = session.onChange(() => this.heard())
    void this.load()
  }

  stop(): void {
    this.forget()
    clearTimeout(this.timer)
    this.stopped.abort()
  }

  again(): void {
    this.set('asking')
    void this.load()
  }

  async more(): Promise<void> {
    const { known, id } = this
    if (!known || id === null || known.next === null || this.older === 'asking') return
    this.older = 'asking'
    this.changed()
    try {
      const said = await this.get<HistoryAnswer>(historyURL(this.session.thread, id, { limit: PAGE, before: known.next }))
      this.known = extended(this.known ?? known, lineage(said))
      this.older = 'idle'
    } catch {
      this.older = 'failed'
    }
    if (!this.stopped.signal.aborted) this.changed()
  }

  private heard(): void {
    this.changed() // the connection, or where the line is now
    if (this.busy || this.timer !== undefined || this.session.link !== 'up') return
    const behind = this.known ? this.session.rev > this.known.rev : this.session.rev !== this.failedAt
    if (!behind) return
    this.timer = setTimeout(() => {
      this.timer = undefined
      void this.load()
    }, this.known ? PAUSE : 0)
  }

  private async load(): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      await this.read()
    } catch {
      if (this.stopped.signal.aborted) return
      this.failedAt = this.session.link === 'up' ? this.session.rev : 0 // asks again once connected
      if (!this.known) this.set('failed')
    } finally {
      this.busy = false
    }
    // Entries that came in meanwhile were ignored.
    if (this.known && this.state === 'shown' && !this.stopped.signal.aborted) this.heard()
  }

  private async read(): Promise<void> {
    const { thread } = this.session
    if (this.id === null) {
      const at = this.line.logged()
      if (!at || this.session.link !== 'up') return this.set('waiting')
      const said = await this.get<LinesAnswer>(linesURL(thread, at.rev, at.line, at.line + 1))
      const id = said.lines[0]?.[4]
      if (id === undefined) throw new Error(`line ${at.line} of revision ${at.rev} has no identity`)
      this.id = id
    }
    const fresh = lineage(await this.get<HistoryAnswer>(historyURL(thread, this.id, { limit: PAGE })))
    this.known = this.known ? renewed(this.known, fresh) : fresh
    this.set('shown')
  }

  private get<T>(path: string): Promise<T> { return this.ask<T>(path, { signal: this.stopped.signal }) }

  private set(state: Feed['state']): void {
    this.state = state
    if (!this.stopped.signal.aborted) this.changed()
  }
}
