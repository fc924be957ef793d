// Editors with the real @codemirror/collab, over bad wires, against a server:
//
//   PARODYWAVE_URL=http://127.0.0.1:5555 node web/test/collab.mjs --seed 7 --clients 3 --edits 150 --runs 4
//
// Each run opens a thread. Every client types, sends what the collab extension
// has to send, and hands it what comes, one update at a time while anything of
// its own is unconfirmed; now and then a connection is cut with frames under
// way in both directions. In the end all texts are those of the server.
//
// With --together updates are handed over all at once, as they come. That is
// known to diverge, and shows that these runs would notice; the first run that
// diverges is then the last. Exit status: 0 all
// agree, 3 some text differs, 1 anything else. A run is repeated by its seed,
// as far as the machine's timing allows.

import { parseArgs } from "node:util"
import { collab, getSyncedVersion, receiveUpdates, sendableUpdates } from "@codemirror/collab"
import { ChangeSet, EditorState, Text } from "@codemirror/state"
import WebSocket from "ws"

const { values: options } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1e9) },
    clients: { type: "string", default: "3" },
    edits: { type: "string", default: "100" },
    runs: { type: "string", default: "1" },
    together: { type: "boolean", default: false },
  },
})
const base = (process.env.PARODYWAVE_URL ?? "http://127.0.0.1:5555").replace(/\/$/, "")
const WORDS = ["a", "b", "\u00e9", "\ud55c", "\u{1f600}", "\n", "ab", "x\ny"]
const PATIENCE = 60_000

// A counter stirred by two multiplications (the finalizer of MurmurHash3).
function random(seed) {
  let state = seed >>> 0
  return below => {
    state = (state + 0x9e3779b9) >>> 0
    let h = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
    return ((h ^ (h >>> 16)) >>> 0) % below
  }
}

const wait = ms => new Promise(resolve => setTimeout(resolve, ms))

class Diverged extends Error {}

class Client {
  state = null
  chain = ""
  confirmed = 0 // own entries that came back
  typed = 0
  sent = 0 // own entries up to which were pushed
  sending = false
  pulled = false // joined on this connection; what it missed follows
  socket = null
  head = 0
  cuts = 0
  failure = null

  constructor(thread, user, below) {
    this.thread = thread
    this.user = user
    this.below = below
    const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    this.id = "0" + Array.from({ length: 25 }, () => digits[Math.floor(Math.random() * 32)]).join("")
  }

  get rev() { return getSyncedVersion(this.state) }
  get pending() { return sendableUpdates(this.state) }
  get text() { return this.state.doc.toString() }
  get settled() { return this.state !== null && this.pending.length === 0 }

  connect() {
    const socket = new WebSocket(base.replace(/^http/, "ws") + "/ws")
    this.socket = socket
    this.pulled = false
    this.sending = false
    this.sent = this.confirmed // a push under way may be lost with its connection
    socket.on("open", () => {
      const join = { type: "join", user: this.user, id: this.thread, mode: "text", client: this.id }
      if (this.state) Object.assign(join, { since: this.rev, chain: this.chain })
      socket.send(JSON.stringify(join))
    })
    const arrived = []
    socket.on("message", data => { // late and in heaps, but in order
      if (arrived.push(JSON.parse(data)) > 1) return
      setTimeout(() => {
        const frames = arrived.splice(0)
        if (this.socket !== socket || this.failure) return // lost on the way
        try { this.takeAll(frames) } catch (e) { this.failure = e }
      }, this.below(40))
    })
    socket.on("error", () => {})
    socket.on("close", () => {
      if (this.socket === socket) setTimeout(() => this.socket === socket && this.connect(), this.below(20))
    })
  }

  cut() {
    const socket = this.socket
    this.cuts++
    this.socket = null
    socket.terminate()
    this.connect()
  }

  close() {
    const socket = this.socket
    this.socket = null
    socket?.close()
  }

  takeAll(frames) {
    while (frames.length > 0) {
      const m = frames.shift()
      while (options.together && m.type === "update" && frames[0]?.type === "update") {
        const next = frames.shift()
        m.updates.push(...next.updates)
        m.chain = next.chain
      }
      this.take(m)
    }
  }

  take(m) {
    if (m.type === "join") this.joined(m)
    else if (m.type === "update") this.update(m)
    else if (m.type === "error") {
      if (m.code === "bad_change") throw new Diverged(`${this.user}: ${m.text}`)
      if (m.code !== "stale") throw new Error(`${this.user}: ${m.code}: ${m.text}`)
      this.sending = false
      this.head = m.head
    }
    this.push()
  }

  joined(m) {
    this.pulled = true
    if (this.state) {
      if (m.reset || m.rev !== this.rev) throw new Diverged(`${this.user}: resumed at ${m.rev} instead of ${this.rev}`)
      this.head = m.head
      return
    }
    this.state = EditorState.create({
      doc: Text.of(m.text.split("\n")),
      extensions: [collab({ startVersion: m.rev, clientID: this.id })],
    })
    this.chain = m.chain
  }

  update(m) {
    const updates = m.updates.map((u, i) => {
      if (u.rev !== this.rev + 1 + i) throw new Diverged(`${this.user}: revision ${u.rev} after ${this.rev + i}`)
      if (u.client === this.id) {
        if (u.seq !== ++this.confirmed) throw new Diverged(`${this.user}: own seq ${u.seq} instead of ${this.confirmed}`)
        this.sending = this.confirmed < this.sent
      }
      const changes = u.changes ? ChangeSet.fromJSON(u.changes) : ChangeSet.empty(u.length)
      return { changes, clientID: u.client ?? "none" }
    })
    while (updates.length > 0) {
      const all = options.together || this.pending.length === 0
      this.state = receiveUpdates(this.state, updates.splice(0, all ? updates.length : 1)).state
    }
    this.chain = m.chain
  }

  push() {
    if (!this.state || !this.pulled || this.sending || this.rev < this.head || this.socket?.readyState !== WebSocket.OPEN) return
    const updates = this.pending.slice(0, 1 + this.below(6))
    if (updates.length === 0) return
    this.sending = true
    this.sent = this.confirmed + updates.length
    const frame = JSON.stringify({
      type: "update", client: this.id, seq: this.confirmed + 1, rev: this.rev, changes: updates.map(u => u.changes.toJSON()),
    })
    const socket = this.socket
    setTimeout(() => { if (socket.readyState === WebSocket.OPEN) socket.send(frame) }, this.below(15))
  }

  // A place where the text may be cut: not inside a pair.
  place() {
    const doc = this.state.doc
    const pos = this.below(doc.length + 1)
    const inside = pos > 0 && /^[\ud800-\udbff][\udc00-\udfff]$/.test(doc.sliceString(pos - 1, pos + 1))
    return inside ? pos - 1 : pos
  }

  type() {
    const edits = this.below(4) === 0 ? 2 : 1
    const changes = []
    for (let i = 0; i < edits; i++) {
      let from = this.place()
      const long = this.state.doc.length > 8 // a short text has more conflicts
      let to = this.below(2) === 0 || long ? this.place() : from
      if (from > to) [from, to] = [to, from]
      if (to - from > 10 && !long) to = from
      if (changes.some(c => from <= c.to && to >= c.from)) continue
      changes.push({ from, to, insert: this.below(long ? 2 : 5) === 0 ? "" : WORDS[this.below(WORDS.length)] })
    }
    const typed = this.state.update({ changes })
    this.state = typed.state
    if (typed.docChanged) this.typed++
    this.push()
  }
}

async function api(path, init) {
  const answer = await fetch(base + path, init)
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer
}

async function until(what, condition) {
  const end = Date.now() + PATIENCE
  while (!condition()) {
    if (Date.now() > end) throw new Diverged(`after ${PATIENCE} ms still not: ${what}`)
    await wait(5)
  }
}

// compare waits until everybody has everything, and holds the texts against
// the server's.
async function compare(id, clients, check) {
  await until("everything back", () => check() && clients.every(c => c.settled))
  const { revisions } = await (await api("/api/threads/" + id)).json()
  await until("everything brought", () => check() && clients.every(c => c.rev >= revisions))
  const text = await (await api(`/api/threads/${id}/text`)).text()
  for (const c of clients) {
    if (c.text !== text) throw new Diverged(`${c.user} has ${JSON.stringify(c.text)} and the server ${JSON.stringify(text)}`)
    if (c.confirmed !== c.typed) throw new Diverged(`${c.user} typed ${c.typed} times and ${c.confirmed} came back`)
  }
}

async function run(seed) {
  const below = random(seed)
  const opened = await api("/api/threads", {
    method: "POST", headers: { "Content-Type": "application/json", "Parodywave-User": "Opener" },
    body: JSON.stringify({ title: `collab ${seed}` }),
  })
  const { id } = await opened.json()
  const clients = Array.from({ length: Number(options.clients) }, (_, i) => new Client(id, `Editor ${i}`, random(below(2 ** 31))))
  const check = () => {
    for (const c of clients) if (c.failure) throw c.failure instanceof RangeError ? new Diverged(`${c.user}: ${c.failure.message}`) : c.failure
    return true
  }
  try {
    for (const c of clients) c.connect()
    await until("joined", () => check() && clients.every(c => c.state))
    for (let left = Number(options.edits) * clients.length; left > 0; left--) {
      clients[below(clients.length)].type()
      if (below(60) === 0) clients[below(clients.length)].cut()
      if (below(3) === 0) await wait(below(6))
      check()
      if (left % 60 === 1) await compare(id, clients, check) // often: what has diverged may be deleted again
    }
    await compare(id, clients, check)
    return clients.reduce((n, c) => n + c.cuts, 0)
  } finally {
    for (const c of clients) c.close()
  }
}

let diverged = false
for (let i = 0; i < Number(options.runs); i++) {
  const seed = Number(options.seed) + i
  try {
    const cuts = await run(seed)
    console.log(`seed ${seed}: ${options.clients} clients agree with the server after ${cuts} cut connections`)
  } catch (e) {
    if (!(e instanceof Diverged)) throw e
    console.log(`seed ${seed}: ${e.message}`)
    diverged = true
    if (options.together) break // it shows what it is to show
  }
}
process.exit(diverged ? 3 : 0)
