// A person without a browser: text mode over a plain WebSocket. It keeps the
// log's text and the author of each unit, folded from the stream alone with the
// origins that it states; the stories compare the pages and blame with it.
// It has one push in flight at a time and needs no rebasing of its own.

import { ChangeSet, Text } from '@codemirror/state'
import WebSocket from 'ws'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** ulid makes an id like a client's. */
const ulid = () => `0${Array.from({ length: 25 }, () => ALPHABET[Math.floor(Math.random() * 32)]).join('')}`

/** authorsOf spreads a blame over the units of its text. */
export const authorsOf = (blame) => blame.spans.flatMap(([length, , author]) => Array(length).fill(blame.authors[author].name))

export class Robot {
  client = ulid()
  seq = 0
  text = Text.empty
  authors = []
  entries = []
  names = new Map()
  cursors = new Map()
  waiters = []

  /** join returns a robot that has the thread's text. With light it keeps neither entries nor authors. */
  static async join(url, thread, user, { light = false } = {}) {
    const robot = new Robot()
    robot.user = user
    robot.light = light
    robot.ws = new WebSocket(`${url.replace('http', 'ws')}/ws`)
    robot.ws.on('message', (frame) => robot.take(JSON.parse(frame)))
    robot.ws.on('close', () => { robot.closed = true; robot.wake() })
    await new Promise((done, failed) => robot.ws.once('open', done).once('error', failed))
    robot.ws.on('error', () => {})
    robot.send({ type: 'join', user, id: thread, mode: 'text', client: robot.client })
    await robot.until(() => robot.rev !== undefined, 'the answer to a join')
    return robot
  }

  send(message) { this.ws.send(JSON.stringify(message)) }

  take(m) {
    if (m.type === 'join') {
      this.rev = m.rev
      this.title = m.title
      this.text = Text.of(m.text.split('\n'))
      this.blame = m.blame
      for (const { id, name } of m.blame.authors) this.names.set(id, name)
      if (!this.light) this.authors = authorsOf(m.blame)
    } else if (m.type === 'update') {
      for (const entry of m.updates) this.fold(entry)
      this.rev = m.rev
    } else if (m.type === 'people') this.people = m.people
    else if (m.type === 'cursor') this.cursors.set(m.user, m.ranges)
    else if (m.type === 'error') this.refused = m
    this.wake()
  }

  fold(entry) {
    if (!this.light) this.entries.push(entry)
    if (entry.client === this.client) this.confirmed = entry.seq
    if (!entry.changes) return
    const change = ChangeSet.fromJSON(entry.changes)
    this.text = change.apply(this.text)
    if (this.light) return
    this.names.set(entry.author, entry.user)
    const origins = (entry.origins ?? []).flatMap(([units, rev, author]) => Array(units).fill(rev ? this.names.get(author) : entry.user))
    const next = []
    let from = 0, n = 0
    change.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
      for (const a of this.authors.slice(from, fromA)) next.push(a)
      for (let i = 0; i < inserted.length; i++) next.push(origins[n++] ?? entry.user)
      from = toA
    }, true)
    for (const a of this.authors.slice(from)) next.push(a)
    this.authors = next
  }

  wake() { for (const f of this.waiters.splice(0)) f() }

  /** until waits until f holds, checking after each frame. */
  async until(f, what, ms = 60_000) {
    const end = Date.now() + ms
    while (!f()) {
      if (this.refused) throw new Error(`${this.user} was refused: ${this.refused.code} ${this.refused.text}`)
      if (this.closed) throw new Error(`${this.user}'s connection closed before ${what}`)
      const left = end - Date.now()
      if (left <= 0) throw new Error(`${this.user} waited ${ms} ms in vain for ${what}`)
      let timer
      await new Promise((done) => { this.waiters.push(done); timer = setTimeout(done, left) })
      clearTimeout(timer)
    }
  }

  get string() { return this.text.toString() }

  /** push sends changes, each {from, to, insert} in the text after those before it, and waits until they are on disk. */
  async push(...specs) {
    let text = this.text
    const changes = specs.map((spec) => {
      const insert = spec.insert === undefined ? undefined : Text.of(spec.insert.split('\n'))
      const change = ChangeSet.of({ ...spec, insert }, text.length)
      text = change.apply(text)
      return change.toJSON()
    })
    const first = this.seq + 1
    this.seq += changes.length
    this.send({ type: 'update', client: this.client, seq: first, rev: this.rev, changes })
    await this.until(() => this.confirmed >= this.seq, `the receipt of ${this.seq}`)
  }

  /** put replaces old, which must be in the text, by new. */
  async replace(old, insert) {
    const from = this.string.indexOf(old)
    if (from < 0) throw new Error(`${JSON.stringify(old)} does not stand in ${JSON.stringify(this.string)}`)
    await this.push({ from, to: from + old.length, insert })
  }

  leave() { this.ws.close() }
}
