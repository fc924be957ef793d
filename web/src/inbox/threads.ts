// What the inbox knows of the threads: the newest live, as the server sends them,
// and older ones as they were when they were fetched.

import { Changes } from '../base/changes'
import { fieldsOf, isCount, text } from '../base/fields'
import type { Listener, Line } from '../base/socket'
import { pageOf, type Page, type Row } from '../base/row'

const PAGE = 1000 // threads per request, the server's limit

export interface Options {
  socket(listener: Listener): Line
  /** page asks GET /api/threads; '' is the cursor of the first page. */
  page(cursor: string, limit: number): Promise<unknown>
}

export class Threads extends Changes {
  link: 'connecting' | 'up' | 'down' = 'connecting'
  /** Null until the server has sent it. */
  connections: number | null = null
  total = 0
  /** By id. The newest are live; the rest may be as old as the last fetch. */
  readonly rows = new Map<string, Row>()
  loaded = false
  /** Older ones: being fetched, all here, or the fetching failed. */
  older: 'unasked' | 'asking' | 'all' | 'failed' = 'unasked'
  trouble: { code: string; text: string } | null = null

  private readonly line: Line
  private live = new Set<string>() // ids in the last list
  private fresh = true // no list on this connection so far
  private cursor = '' // of the next page over HTTP

  constructor(private readonly options: Options) {
    super()
    this.line = options.socket({
      up: () => {
        this.link = 'up'
        this.fresh = true
        this.line.send('{"type":"status"}')
        this.line.send('{"type":"list"}')
        this.changed()
      },
      down: () => {
        this.link = 'down'
        this.connections = null
        this.forgetPresence()
        this.changed()
      },
      text: (frame) => this.receive(frame),
    })
  }

  start(): void { this.line.live() }
  retry(): void { this.line.now() }

  /** missing is the number of threads that were not fetched yet. */
  get missing(): number { return Math.max(0, this.total - this.rows.size) }

  /** all fetches the threads, page by page in order of opening, while `wanted` says so. */
  async all(wanted: () => boolean): Promise<void> {
    if (this.older === 'asking' || this.older === 'all') return
    this.older = 'asking'
    this.changed()
    try {
      for (;;) {
        const page = pageOf(await this.options.page(this.cursor, PAGE))
        if (!page) throw new Error('not a page of threads')
        for (const row of page.rows) if (!this.live.has(row.id)) this.rows.set(row.id, row)
        this.total = page.total
        if (page.cursor === null) this.older = 'all'
        else this.cursor = page.cursor
        if (page.cursor === null || !wanted()) break
        this.changed()
      }
      if (this.older === 'asking') this.older = 'unasked' // the next call continues here
    } catch {
      this.older = 'failed'
    }
    this.changed()
  }

  private receive(frame: string): void {
    const m = fieldsOf(frame)
    if (m?.type === 'status' && isCount(m.connections)) this.connections = m.connections
    else if (m?.type === 'list') this.take(pageOf(m))
    else if (m?.type === 'error') this.trouble = { code: text(m.code), text: text(m.text) }
    else return
    this.changed()
  }

  private take(page: Page | null): void {
    if (!page) return
    this.live = new Set(page.rows.map((r) => r.id))
    // For threads that fell out of the list it is not known who is there now.
    for (const row of this.rows.values()) if (!this.live.has(row.id)) this.rows.set(row.id, { ...row, here: [], typing: [] })
    for (const row of page.rows) this.rows.set(row.id, row)
    // While we were away any number may have fallen out of the list.
    if (this.fresh && this.older !== 'asking') {
      this.cursor = ''
      this.older = 'unasked'
    }
    this.fresh = false
    this.loaded = true
    this.total = page.total
    this.trouble = null
  }

  /** Offline it is not known who is where. */
  private forgetPresence(): void {
    for (const row of this.rows.values()) this.rows.set(row.id, { ...row, here: [], typing: [] })
  }
}
