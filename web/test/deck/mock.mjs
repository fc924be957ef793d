// A small server that keeps line mode's threads in memory, to test the
// page without the real one. Run by itself it listens on
// PORT (5556) and serves dist with the policy the server sends.

import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { WebSocketServer } from 'ws'
import { cost, MockLine } from './mock-line.mjs'

const dist = new URL('../../dist/', import.meta.url)
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

async function page(req, res) {
  const path = new URL(req.url, 'http://x').pathname
  try {
    const body = await readFile(new URL(`.${path === '/deck' ? '/deck.html' : path}`, dist))
    res.writeHead(200, { 'Content-Type': types[extname(path)] ?? types['.html'], 'Content-Security-Policy': policy, 'Cache-Control': 'no-cache' })
    res.end(body)
  } catch {
    res.writeHead(404).end()
  }
}

/** A thread keeps every revision's lines, so that any may be named as a base. */
class Thread {
  constructor(title, user) {
    Object.assign(this, { id: randomBytes(8).toString('hex').toUpperCase(), title, by: user, at: Date.now(), updated: Date.now(), updatedBy: user, lines: [], past: [null, []] })
  }
  get rev() { return this.past.length - 1 }
  commit(user) {
    this.updated = Date.now()
    this.updatedBy = user
    this.past.push(this.lines.map((l) => ({ id: l.id, view: l.view() })))
  }
  data() { return this.lines.map((l, line) => ({ line, value: l.value, user: l.user, submitted: l.submitted })) }
}

export class Mock {
  threads = new Map()
  peers = new Set()
  /** Set to a code to refuse edits with it. */
  refuse = null

  async start(port = 0) {
    this.http = createServer(page)
    const wss = new WebSocketServer({ server: this.http, path: '/ws' })
    wss.on('connection', (ws) => this.connect(ws))
    await new Promise((done) => this.http.listen(port, '127.0.0.1', done))
    this.url = `http://127.0.0.1:${this.http.address().port}`
    this.ticker = setInterval(() => this.lists(), 250)
    return this.url
  }

  stop() {
    clearInterval(this.ticker)
    for (const p of this.peers) p.ws.terminate()
    this.http.close()
    this.http.closeAllConnections()
  }

  connect(ws) {
    const peer = { ws, thread: null, user: '', current: null, own: new Map(), received: 0, lists: false }
    this.peers.add(peer)
    ws.on('message', (data, binary) => { if (!binary && String(data) !== 'HB') this.hear(peer, String(data)) })
    ws.on('close', () => { this.peers.delete(peer); this.statuses() })
    this.statuses()
  }

  tell(peer, m) { if (peer.ws.readyState === 1) peer.ws.send(JSON.stringify(m)) }
  statuses() { for (const p of this.peers) this.tell(p, this.status()) }
  status() { return { type: 'status', connections: this.peers.size, threads: this.threads.size } }
  list() {
    const threads = [...this.threads.values()].sort((a, b) => b.updated - a.updated).map((t) => ({
      id: t.id, title: t.title, opened_by: t.by, opened_at: t.at, updated_at: t.updated, updated_by: t.updatedBy,
      lines: t.lines.length, connections: [...this.peers].filter((p) => p.thread === t).length,
    }))
    return { type: 'list', threads, total: threads.length }
  }
  lists() {
    const list = JSON.stringify(this.list())
    if (list === this.lastList) return
    this.lastList = list
    for (const p of this.peers) if (p.lists) p.ws.send(list)
  }

  hear(peer, frame) {
    let m
    try { m = JSON.parse(frame) } catch { return this.tell(peer, { type: 'error', code: 'bad_json', text: 'not JSON' }) }
    const error = (code, text) => this.tell(peer, { type: 'error', code, text, re: m.type })
    switch (m.type) {
      case 'status': return this.tell(peer, this.status())
      case 'list': peer.lists = true; return this.tell(peer, this.list())
      case 'open': {
        if (!m.title.trim()) return error('bad_value', 'title is empty')
        const t = new Thread(m.title, m.user)
        this.threads.set(t.id, t)
        return this.enter(peer, t, m.user)
      }
      case 'join': {
        const t = this.threads.get(m.id)
        return t ? this.enter(peer, t, m.user) : error('not_found', `no thread ${m.id}`)
      }
      case 'leave': peer.thread = peer.current = null; return
      case 'new': case 'update': case 'submit': {
        if (!peer.thread) return error('not_joined', 'join a thread first')
        if (this.refuse) return error(this.refuse, 'refused for the test')
        if (/[\r\n\0]/.test(m.value)) return error('bad_value', 'a value is one line')
        return this.edit(peer, m)
      }
      case 'rename':
        if (!peer.thread) return error('not_joined', 'join a thread first')
        peer.thread.title = m.title
        peer.thread.commit(peer.user)
        return this.resync(peer.thread)
      default: return error('unknown_type', `unknown type ${m.type}`)
    }
  }

  joined(t) { return { type: 'join', thread: t.id, title: t.title, data: t.data(), rev: t.rev, limits: {} } }
  enter(peer, t, user) {
    Object.assign(peer, { thread: t, user, current: null, own: new Map() })
    this.tell(peer, this.joined(t))
  }
  resync(t) {
    for (const p of this.peers) {
      if (p.thread !== t) continue
      const at = t.lines.findIndex((l) => l.id === p.current)
      this.tell(p, { ...this.joined(t), current: at < 0 ? null : at, received: p.received })
    }
  }

  edit(peer, m) {
    const t = peer.thread
    peer.received++
    if (m.type === 'new') peer.current = null
    if (m.type === 'update' && m.line !== undefined) peer.current = t.past[m.rev]?.[m.line]?.id ?? null
    let line = t.lines.find((l) => l.id === peer.current)
    let changed = m.type === 'submit'
    let seen
    if (!line) {
      const last = t.lines.at(-1)
      const free = last?.value === '' && ![...this.peers].some((p) => p.current === last.id)
      line = free ? last : new MockLine()
      if (!free) t.lines.push(line)
      peer.current = line.id
      seen = line.edit(line.view(), m.value)
      Object.assign(line, { user: peer.user, submitted: false })
      changed = true
    } else {
      const before = line.value
      seen = line.edit(this.base(peer, t, line, m), m.value)
      if (line.value !== before) {
        Object.assign(line, { user: peer.user, submitted: false })
        changed = true
      }
    }
    if (m.type === 'submit') { line.submitted = true; peer.current = null }
    if (changed) t.commit(peer.user)
    peer.own.set(line.id, { view: seen, rev: t.rev, since: [] })
    this.publish(peer, t, line, m.value, changed)
  }

  /** The contract's base of an edit: see the table of the line mode. */
  base(peer, t, line, m) {
    const own = peer.own.get(line.id)
    if (m.type === 'update' && m.rev !== undefined) return own && own.rev > m.rev ? own.view : t.past[m.rev][m.line].view
    let best = own?.view ?? line.view()
    for (const v of [...(own?.since ?? [])].reverse()) if (cost(v, m.value) < cost(best, m.value)) best = v
    return best
  }

  publish(peer, t, line, sent, changed) {
    const update = { type: 'update', id: t.id, line: t.lines.indexOf(line), value: line.value, user: line.user, rev: t.rev, submitted: line.submitted }
    for (const p of this.peers) {
      if (p === peer) this.tell(p, { ...update, mine: true })
      else if (p.thread === t && changed) this.tell(p, update)
      else continue
      if (p !== peer || line.value !== sent) p.own.get(line.id)?.since.push(line.view())
    }
  }

  /** Puts a line in above, as an editor in the other mode would. */
  insert(t, at, value, user) {
    t.lines.splice(at, 0, new MockLine(value, user))
    t.commit(user)
    this.resync(t)
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(await new Mock().start(Number(process.env.PORT ?? 5556)), fileURLToPath(dist))
}
