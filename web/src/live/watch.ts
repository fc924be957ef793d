// Watching what the server does: asks for the frames while the page is seen and
// connected, and keeps the last minute of them.

import type { Hearer } from '../base/socket'
import { frameOf, type Detail } from './frame'
import { Ring } from './ring'

const TELL = 5 // frames: numbers change four times a second, or nobody could read them

interface Line { open(): void; close(): void; now(): void; send(frame: string): boolean }

export class Watch {
  link: 'connecting' | 'up' | 'down' = 'connecting'
  readonly ring = new Ring()
  /** Null until the server has said so on this connection. */
  connections: number | null = null
  threads: number | null = null
  detail: Detail | null = null
  trouble: { code: string; text: string } | null = null

  private readonly line: Line
  private readonly hearers = new Set<() => void>()
  private readonly drawers = new Set<() => void>()
  private frames = 0
  private seen = true

  constructor(socket: (hearer: Hearer) => Line) {
    this.line = socket({
      up: () => {
        this.link = 'up'
        if (this.seen) this.line.send('{"type":"activity"}')
        this.tell()
      },
      down: () => {
        this.link = 'down'
        this.connections = this.threads = this.detail = null
        this.tell()
      },
      text: (frame) => this.hear(frame),
    })
  }

  /** onChange: what can be read has changed, at most four times a second. */
  onChange(f: () => void): () => void { return listen(this.hearers, f) }
  /** onFrame: what can be drawn has changed, twenty times a second. */
  onFrame(f: () => void): () => void { return listen(this.drawers, f) }

  start(): void { this.line.open() }
  stop(): void { this.line.close() }
  retry(): void { this.line.now() }

  /** show says whether anybody sees the page; unseen, it asks for nothing. */
  show(seen: boolean): void {
    if (seen === this.seen) return
    this.seen = seen
    this.line.send(seen ? '{"type":"activity"}' : '{"type":"activity","on":false}')
  }

  private hear(text: string): void {
    let m: unknown
    try { m = JSON.parse(text) } catch { return }
    const frame = frameOf(m)
    if (!frame) return this.refused(m)
    this.ring.add(frame.at, frame)
    this.connections = frame.connections
    this.threads = frame.threads
    if (frame.detail) this.detail = frame.detail
    this.trouble = null
    for (const f of this.drawers) f()
    if (frame.detail || ++this.frames % TELL === 0) this.tell()
  }

  private refused(m: unknown): void {
    const { type, code, text } = (m ?? {}) as Record<string, unknown>
    if (type !== 'error') return
    this.trouble = { code: String(code ?? ''), text: String(text ?? '') }
    this.tell()
  }

  private tell(): void {
    for (const f of this.hearers) f()
  }
}

function listen(set: Set<() => void>, f: () => void): () => void {
  set.add(f)
  return () => { set.delete(f) }
}
