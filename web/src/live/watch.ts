// Watching the server's activity: requests the frames while the page is visible and
// connected, and keeps the last minute of them.

import { Changes } from '../base/changes'
import { fieldsOf, text, type Fields } from '../base/fields'
import type { Listener, Line } from '../base/socket'
import { frameOf, type Detail } from './frame'
import { Ring } from './ring'

const TELL = 5 // frames: numbers change four times a second, slow enough to be read

/** A Watch's onChange: what can be read has changed, at most four times a second. */
export class Watch extends Changes {
  link: 'connecting' | 'up' | 'down' = 'connecting'
  readonly ring = new Ring()
  /** Null until the server has sent it on this connection. */
  connections: number | null = null
  threads: number | null = null
  detail: Detail | null = null
  trouble: { code: string; text: string } | null = null

  private readonly line: Line
  private readonly drawn = new Changes()
  private frames = 0
  private seen = true

  constructor(socket: (listener: Listener) => Line) {
    super()
    this.line = socket({
      up: () => {
        this.link = 'up'
        if (this.seen) this.line.send('{"type":"activity"}')
        this.changed()
      },
      down: () => {
        this.link = 'down'
        this.connections = this.threads = this.detail = null
        this.changed()
      },
      text: (frame) => this.receive(frame),
    })
  }

  /** onFrame: what can be drawn has changed, twenty times a second. */
  onFrame(f: () => void): () => void { return this.drawn.onChange(f) }

  start(): void { this.line.live() }
  retry(): void { this.line.now() }

  /** show says whether the page is visible; a hidden page requests nothing. */
  show(seen: boolean): void {
    if (seen === this.seen) return
    this.seen = seen
    this.line.send(seen ? '{"type":"activity"}' : '{"type":"activity","on":false}')
  }

  private receive(received: string): void {
    const m = fieldsOf(received)
    const frame = frameOf(m)
    if (!frame) return this.refused(m)
    this.ring.add(frame.at, frame)
    this.connections = frame.connections
    this.threads = frame.threads
    if (frame.detail) this.detail = frame.detail
    this.trouble = null
    this.drawn.changed()
    if (frame.detail || ++this.frames % TELL === 0) this.changed()
  }

  private refused(m: Fields | null): void {
    if (m?.type !== 'error') return
    this.trouble = { code: text(m.code), text: text(m.text) }
    this.changed()
  }
}
