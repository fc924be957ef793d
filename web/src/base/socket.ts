// One WebSocket that reconnects by itself. It does not know the messages.

const BEAT = 60_000 // ms between heartbeats
const LEAST = 500 // ms, the shortest wait before a new attempt
const MOST = 30_000 // ms, the longest
const PATIENCE = 10_000 // ms for a connection to come up

export interface Listener {
  up(): void
  /** wait is the time in ms until the next attempt; code is the close code (RFC 6455), if there was one. */
  down(wait: number, code?: number): void
  text(frame: string): void
}

/** A connection that no Socket has taken over yet. */
let early: WebSocket | null = null

/**
 * beginEarly opens the first connection while the rest of the page still loads.
 * Frames that arrive before a Socket takes it over are lost. That is only the
 * first status, since nothing has been sent.
 */
export function beginEarly(url: string): void {
  early ??= new WebSocket(url)
}

/** begun is the early connection, once, if it is still open or opening; else a new one. */
function begun(url: string): WebSocket {
  const ws = early
  early = null
  return ws && ws.readyState <= WebSocket.OPEN ? ws : new WebSocket(url)
}

/** What a page needs of a Socket. */
export type Line = Pick<Socket, 'live' | 'now' | 'send'>

export class Socket {
  private ws: WebSocket | null = null
  private wanted = false
  private tries = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private beat: ReturnType<typeof setInterval> | undefined

  constructor(private readonly url: string, private readonly listener: Listener) {}

  open(): void {
    this.wanted = true
    if (!this.ws) this.dial()
  }

  close(): void {
    this.wanted = false
    clearTimeout(this.timer)
    const ws = this.ws
    if (!ws) return
    this.lost(ws)
    ws.close()
  }

  /** live keeps the connection while the page is shown, and lets it go for the browser's page cache. */
  live(): void {
    addEventListener('pagehide', () => this.close())
    addEventListener('pageshow', () => this.open())
    addEventListener('online', () => this.now())
    this.open()
  }

  /** now tries at once instead of waiting. */
  now(): void {
    if (this.wanted && !this.ws) this.dial()
  }

  send(frame: string): boolean {
    if (this.ws?.readyState !== WebSocket.OPEN) return false
    this.ws.send(frame)
    return true
  }

  private dial(): void {
    clearTimeout(this.timer)
    const ws = begun(this.url)
    this.ws = ws
    this.timer = setTimeout(() => { this.lost(ws); ws.close() }, PATIENCE)
    const up = (): void => {
      if (ws !== this.ws) return
      clearTimeout(this.timer)
      this.beat = setInterval(() => this.send('HB'), BEAT)
      this.listener.up()
    }
    ws.onmessage = (e) => {
      if (ws !== this.ws || typeof e.data !== 'string') return
      this.tries = 0 // a frame, not a mere handshake, counts as success
      this.listener.text(e.data)
    }
    ws.onclose = (e) => this.lost(ws, e.code)
    if (ws.readyState === WebSocket.OPEN) queueMicrotask(up)
    else ws.onopen = up
  }

  private lost(ws: WebSocket, code?: number): void {
    if (ws !== this.ws) return
    this.ws = null
    clearInterval(this.beat)
    clearTimeout(this.timer)
    // Full jitter: anywhere up to a ceiling that doubles, so that a restarted
    // server does not get all clients back in the same instant.
    const ceiling = Math.min(MOST, LEAST * 2 ** Math.min(++this.tries, 10))
    const wait = LEAST + Math.random() * (ceiling - LEAST)
    if (this.wanted) this.timer = setTimeout(() => this.dial(), wait)
    this.listener.down(wait, code)
  }
}
