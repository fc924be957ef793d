// Clients and the mock server in one process, joined by wires that deliver when
// the test says so, and can be cut with messages in them.

import { Client } from '../../src/deck/client'
import { decode } from '../../src/deck/wire'
import { Mock } from './mock.mjs'

type Listener = (data: string, binary: boolean) => void

export class Person {
  client: Client
  up: string[] = []
  down: string[] = []
  timers: (() => void)[] = []
  /** What the field reads while an input method composes in it. */
  field: string | null = null
  private hear: Record<string, Listener> = {}

  constructor(private readonly mock: Mock, name: string) {
    this.client = new Client((m) => {
      if (this.client.link !== 'up') return false
      this.up.push(JSON.stringify(m))
      return true
    }, (f) => { this.timers.push(f) })
    this.client.login(name)
  }

  plug(): void {
    this.up = []
    this.down = []
    this.hear = {}
    const hear = this.hear
    const down = this.down
    this.mock.connect({
      readyState: 1,
      on: (event: string, f: Listener) => { hear[event] = f },
      send: (data: string) => { down.push(data) },
      terminate: () => {},
    })
    this.client.connected()
  }

  cut(): void {
    this.client.disconnected()
    this.hear.close?.('', false)
    this.up = []
    this.down = []
  }

  /** Delivers one message to the server, or one to the client. */
  send(): boolean {
    const frame = this.up.shift()
    if (frame !== undefined) this.hear.message?.(frame, false)
    return frame !== undefined
  }

  receive(): boolean {
    const frame = this.down.shift()
    const m = frame === undefined ? null : decode(frame)
    if (m) this.client.receive(m)
    return frame !== undefined
  }

  /** Everything that is under way arrives. */
  drain(): void {
    while (this.send() || this.receive()) { /* until quiet */ }
  }

  tick(): void {
    for (const f of this.timers.splice(0)) f()
  }

  get text(): string[] {
    return this.client.thread?.lines.map((l) => l.value) ?? []
  }
}

export function world(...names: string[]): { mock: Mock; people: Person[]; id: string; settle(): void; truth(): string[] } {
  const mock = new Mock()
  const people = names.map((n) => new Person(mock, n))
  for (const p of people) p.plug()
  people[0]!.client.go({ title: 'A text' })
  people[0]!.drain()
  const id = people[0]!.client.id!
  for (const p of people.slice(1)) p.client.go({ id })
  const settle = (): void => {
    for (let i = 0; i < 20; i++) {
      for (const p of people) { p.drain(); p.tick() }
    }
  }
  settle()
  return { mock, people, id, settle, truth: () => mock.threads.get(id)!.lines.map((l: { value: string }) => l.value) }
}
