// Three people write in one text over bad wires; in the end everybody reads
// what the server has, no character typed is there twice, and each that is
// missing is among the unsaved lines of its writer.

import { expect, test, vi } from 'vitest'
import { Thread } from '../../src/deck/thread'
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
    const thread = p.client.thread
    if (!thread?.joined) return
    const text = p.field ?? thread.hand.value
    const c = String.fromCharCode(code++)
    const at = chance(0.6) ? text.length : below(text.length + 1)
    typed.push(c)
    const next = text.slice(0, at) + c + text.slice(at)
    if (p.field !== null) p.field = next
    thread.type(next)
  }
  const compose = (p: Person, on: boolean): void => {
    const thread = p.client.thread
    if (!thread?.joined || on === (p.field !== null)) return
    p.field = on ? thread.hand.value : null
    if (on) thread.composing = true
    else thread.composed(thread.hand.value)
  }
  const cut = (p: Person): void => {
    p.field = null
    p.cut()
  }
  const move = (p: Person): void => {
    compose(p, false)
    if (chance(0.5)) p.client.thread?.compose()
    else p.client.thread?.take(below(p.client.thread.lines.length + 1))
  }
  for (let i = 0; i < STEPS; i++) {
    const p = pick(w.people)
    const what = below(100)
    if (what < 30) type(p)
    else if (what < 52) p.send()
    else if (what < 76) p.receive()
    else if (what < 80) { compose(p, false); p.client.thread?.finish() }
    else if (what < 84) move(p)
    else if (what < 88) compose(p, chance(0.5))
    else if (what < 92) p.client.link === 'up' ? cut(p) : p.plug()
    else if (what < 94) w.mock.refuse = chance(0.3) ? 'unavailable' : null
    else if (what < 97) p.tick()
    else {
      const c = String.fromCharCode(code++)
      typed.push(c)
      w.mock.insert(w.mock.threads.get(w.id), below(w.truth().length + 1), c, 'Robot')
    }
    if (p.field !== null && p.client.thread && p.field !== p.client.thread.hand.value) return `seed ${seed}: a composing field was overwritten`
  }
  w.mock.refuse = null
  for (const p of w.people) {
    compose(p, false)
    if (p.client.link !== 'up') p.plug()
  }
  w.settle()
  const truth = w.truth()
  const have = truth.join('')
  if (new Set(have).size < have.length) return `seed ${seed}: doubled in ${JSON.stringify(truth)}`
  const named = w.people.flatMap((p) => p.client.unsaved).join('')
  const lost = typed.filter((c) => !have.includes(c) && !named.includes(c)).length
  if (lost > 0) return `seed ${seed}: ${lost} lost`
  for (const p of w.people) {
    if (JSON.stringify(p.text) !== JSON.stringify(truth)) return `seed ${seed}: ${p.client.user} reads another text`
    const { hand, lines, dirty } = p.client.thread!
    if (dirty) return `seed ${seed}: ${p.client.user} still has words unsent`
    if (hand.line !== null && hand.value !== lines[hand.line]!.value) return `seed ${seed}: ${p.client.user} holds another line`
  }
  return null
}

const first = seedFor('storm')

test(`in ${ROUNDS} storms from SEED=${first} nothing is doubled, and nothing lost without a word`, () => {
  const wrong = Array.from({ length: ROUNDS }, (_, i) => storm(first + i)).filter(Boolean)
  expect(wrong).toEqual([])
}, 60_000)

test('the storm has teeth: a line that is dropped without a word is found', () => {
  const saving = vi.spyOn(Thread.prototype, 'saving').mockImplementation(() => false)
  const wrong = Array.from({ length: 60 }, (_, i) => storm(first + i))
  saving.mockRestore()
  expect(wrong.filter((s) => s?.includes('lost')).length).toBeGreaterThan(10)
})
