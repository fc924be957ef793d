// A proxy between browser and server whose cable can be pulled: cut() drops and
// refuses everything, deaf() lets the browser's words through and swallows the
// answers, mend() puts it right. The server sees its own Host and Origin.

import { createServer, request } from 'node:http'
import { connect } from 'node:net'

export class Proxy {
  sockets = new Set()
  broken = false
  mute = false

  constructor(target) { this.target = new URL(target) }

  async start() {
    this.http = createServer((req, res) => {
      if (this.broken) return req.socket.destroy()
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
      socket.pipe(up)
      up.on('data', (b) => { if (!this.mute) socket.write(b) })
    })
    for (const [a, b] of [[socket, up], [up, socket]]) {
      this.sockets.add(a)
      a.on('error', () => {})
      a.on('close', () => { this.sockets.delete(a); b.destroy() })
    }
  }

  cut() { this.broken = true; for (const s of this.sockets) s.destroy() }
  deaf() { this.mute = true }
  mend() { this.broken = this.mute = false }
  stop() { this.cut(); this.http.close(); this.http.closeAllConnections() }
}
