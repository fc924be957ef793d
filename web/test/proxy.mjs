// A proxy between browser and server whose cable can be pulled: cut() drops and
// refuses everything, deaf() passes the browser's frames on and drops the
// server's, dumb() drops the browser's, slow() delays both, mend()
// repairs the cable. The server sees its own Host and Origin.

import { createServer, request } from 'node:http'
import { connect } from 'node:net'

export class Proxy {
  sockets = new Set()
  broken = false
  mute = false
  gagged = false
  /** When the last socket came up, by performance.now(). */
  connected = 0
  /** instead returns, for a path, an answer to send instead of the server's, or nothing. */
  instead = () => null
  delay = 0
  jitter = () => 0

  constructor(target) { this.target = new URL(target) }

  async start() {
    this.http = createServer((req, res) => {
      if (this.broken) return req.socket.destroy()
      const own = this.instead(req.url)
      if (own) { res.writeHead(200, own.headers); res.end(own.body); return }
      const up = request({ host: this.target.hostname, port: this.target.port, path: req.url, method: req.method, headers: this.headers(req) },
        (r) => { res.writeHead(r.statusCode, r.headers); r.pipe(res) })
      up.on('error', () => res.destroy())
      req.pipe(up)
    })
    this.http.on('upgrade', (req, socket, head) => this.upgrade(req, socket, head))
    await new Promise((done) => this.http.listen(0, '127.0.0.1', done))
    return `http://127.0.0.1:${this.http.address().port}`
  }

  headers(req) {
    const headers = { ...req.headers, host: this.target.host }
    if (headers.origin) headers.origin = this.target.origin
    return headers
  }

  upgrade(req, socket, head) {
    if (this.broken) return socket.destroy()
    const up = connect(Number(this.target.port), this.target.hostname, () => {
      const lines = Object.entries(this.headers(req)).map(([k, v]) => `${k}: ${v}\r\n`).join('')
      up.write(`GET ${req.url} HTTP/1.1\r\n${lines}\r\n`)
      up.write(head)
      this.connected = performance.now()
      this.carry(socket, up, () => this.gagged)
      this.carry(up, socket, () => this.mute)
    })
    for (const [a, b] of [[socket, up], [up, socket]]) {
      this.sockets.add(a)
      a.on('error', () => {})
      a.on('close', () => { this.sockets.delete(a); b.destroy() })
    }
  }

  /** carry passes data from one side to the other, in order and delayed; it drops data while lost returns true. */
  carry(from, to, lost = () => false) {
    const due = []
    let free = true
    let ended = false
    const next = () => {
      while (due.length && due[0].at <= performance.now()) to.write(due.shift().bytes)
      free = due.length === 0
      if (!free) setTimeout(next, due[0].at - performance.now())
      else if (ended) to.end()
    }
    from.on('end', () => { ended = true; if (free) to.end() })
    from.on('data', (bytes) => {
      if (lost()) return
      const wait = this.delay + this.jitter()
      if (wait === 0 && free) { to.write(bytes); return }
      due.push({ at: performance.now() + wait, bytes })
      if (free) { free = false; setTimeout(next, wait) }
    })
  }

  /** slow delays later data by ms plus jitter(), each way. */
  slow(ms, jitter = () => 0) { this.delay = ms; this.jitter = jitter }
  cut() { this.broken = true; this.drop() }
  /** drop breaks the open sockets; new ones connect. */
  drop() { for (const s of this.sockets) s.destroy() }
  deaf() { this.mute = true }
  dumb() { this.gagged = true }
  mend() { this.broken = this.mute = this.gagged = false; this.slow(0) }
  stop() { this.cut(); this.http.close(); this.http.closeAllConnections() }
}
