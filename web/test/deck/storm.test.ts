// Three people write in one text over bad wires; in the end everybody reads
// what the server has, and every character typed is there exactly once.

import { expect, test, vi } from 'vitest'
import { Draft } from '../../src/deck/draft'
import { random, seedFor } from '../random'
import { world, type Person } from './world'

const ROUNDS = Number(process.env.ROUNDS ?? 250)
const STEPS = 120

/** storm returns what is wrong in the end, or null. */
function storm(seed: number): string | null {
  const { below, pick, chance } = random(seed)
  const w = world('Alice', 'Ben', '소라')
  const typed: string[] = []
  let code = 0x4e00 // every character typed is another one
  const type = (p: Person): void => {
    const room = p.client.room
    if (!room) return
    const text = p.field ?? room.current.value
    const c = String.fromCharCode(code++)
    const at = chance(0.6) ? text.length : below(text.length + 1)
    typed.push(c)
    const next = text.slice(0, at) + c + text.slice(at)
    if (p.field !== null) p.field = next
    room.type(next)
  }
  const compose = (p: Person, on: boolean): void => {
    const room = p.client.room
    if (!room || on === (p.field !== null)) return
    p.field = on ? room.current.value : null
    if (on) room.composing = true
    else room.composed(room.current.value)
  }
  // A line begun by somebody who has no receipt for it yet may be edited by
  // another, or a robot, in that very moment; after a break it is then not known
  // again.
  const free = (p?: Person): boolean => w.people.every((q) => q === p || !q.client.room?.drafts.some((d) => !d.base && !d.blank))
  const move = (p: Person): void => {
    const room = p.client.room
    if (!room) return
    compose(p, false)
    if (chance(0.5)) room.compose()
    else if (room.lines.length > 0 && free(p)) room.take(below(room.lines.length))
  }
  for (let i = 0; i < STEPS; i++) {
    const p = pick(w.people)
    const what = below(100)
    if (what < 30) type(p)
    else if (what < 52) p.send()
    else if (what < 76) p.receive()
    else if (what < 80) { compose(p, false); p.client.room?.submit() }
    else if (what < 84) move(p)
    else if (what < 88) compose(p, chance(0.5))
    else if (what < 92) p.client.link === 'up' ? p.cut() : p.plug()
    else if (what < 94) w.mock.refuse = chance(0.3) ? 'unavailable' : null
    else if (what < 97) p.tick()
    else if (free()) {
      const c = String.fromCharCode(code++)
      typed.push(c)
      w.mock.insert(w.mock.threads.get(w.id), below(w.truth().length + 1), c, 'Robot')
    }
    if (p.field !== null && p.client.room && p.field !== p.client.room.current.value) return `seed ${seed}: a composing field was overwritten`
  }
  w.mock.refuse = null
  for (const p of w.people) {
    compose(p, false)
    if (p.client.link !== 'up') p.plug()
  }
  w.settle()
  const truth = w.truth()
  const have = [...truth.join('')].sort().join('')
  const want = [...typed].sort().join('')
  const lost = typed.filter((c) => !have.includes(c)).length
  if (have !== want) return `seed ${seed}: ${lost} lost, ${have.length - want.length + lost} doubled`
  for (const p of w.people) {
    if (JSON.stringify(p.text) !== JSON.stringify(truth)) return `seed ${seed}: ${p.client.user} reads another text`
    if (p.client.dirty) return `seed ${seed}: ${p.client.user} still has words unsent`
    const { current, lines } = p.client.room!
    if (current.line !== null && current.value !== lines[current.line]!.value) return `seed ${seed}: ${p.client.user} holds another line`
  }
  return null
}

const first = seedFor('storm')

test(`in ${ROUNDS} storms from SEED=${first} nothing is lost or doubled`, () => {
  const wrong = Array.from({ length: ROUNDS }, (_, i) => storm(first + i)).filter(Boolean)
  expect(wrong).toEqual([])
}, 60_000)

test('the storm has teeth: resending without asking doubles', () => {
  const cut = vi.spyOn(Draft.prototype, 'cut').mockImplementation(function (this: Draft) {
    if (this.pending > 0) { this.last = null; this.closed = false }
    this.pending = 0
  })
  const wrong = Array.from({ length: 60 }, (_, i) => storm(first + i)).filter((s) => s?.includes('doubled'))
  cut.mockRestore()
  expect(wrong.length).toBeGreaterThan(10)
})
