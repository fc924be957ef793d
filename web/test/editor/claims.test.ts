// What a page claims about text that comes back, held against the log: a claim is
// true if the entry inserts, whole and in order, what the named entries deleted of
// text that they had not inserted themselves.

import { redo, undo } from '@codemirror/commands'
import { Transaction, type StateCommand, type TransactionSpec } from '@codemirror/state'
import { expect, test } from 'vitest'
import { inserted } from '../../src/editor/session/claims'
import { parted } from '../../src/editor/undoing'
import { random, rounds, seedFor } from '../random'
import { Authority, type Logged } from './authority'
import { World, settled, type Person } from './world'

type Said = { undoes: [number, number] } | { pastes: number }
const claimOf = (e: Logged): Said | null => (e.more as { claim?: Said }).claim ?? null

async function world(text: string, ...names: string[]): Promise<{ w: World; people: Person[] }> {
  const w = new World(new Authority(text), ...names)
  for (const p of w.people) p.sit()
  await w.quiet()
  return { w, people: w.people }
}

/** The hands of a person: as CodeMirror's commands and handlers make them, at a time of day in ms. */
class Hands {
  /** How many undos and redos brought text back. */
  back = 0
  private board = ''

  constructor(readonly person: Person) {}

  private edit(at: number, spec: TransactionSpec): void { this.person.edit({ ...spec, annotations: Transaction.time.of(at) }) }

  type(at: number, pos: number, insert: string): void { this.edit(at, { changes: { from: pos, insert }, userEvent: 'input.type' }) }
  backspace(at: number, pos: number): void { this.edit(at, { changes: { from: pos - 1, to: pos }, userEvent: 'delete.backward' }) }
  cut(at: number, from: number, to: number): void {
    this.board = this.person.host.state.sliceDoc(from, to)
    this.edit(at, { changes: { from, to }, userEvent: 'delete.cut' })
  }
  paste(at: number, pos: number): void { this.edit(at, { changes: { from: pos, insert: this.board }, userEvent: 'input.paste' }) }
  drag(from: number, to: number, drop: number): void {
    const { host } = this.person
    const changes = host.state.changes([{ from, to }, { from: drop, insert: host.state.sliceDoc(from, to) }])
    host.dispatch(parted(host.state.update({ changes, userEvent: 'move.drop' })))
  }
  undo(): void { this.run(undo) }
  redo(): void { this.run(redo) }

  private run(command: StateCommand): void {
    const { host } = this.person
    command({ state: host.state, dispatch: (tr) => {
      if (inserted(tr.changes)) this.back++
      host.dispatch([tr])
    } })
  }
}

/** back gives, for each entry of the log, what the entries that its claim names deleted; null without a claim. */
function back(log: readonly Logged[], claims = claimOf): (string | null)[] {
  const units: { unit: string; gone: Logged | null; born: Logged }[] = [] // deleted ones keep their place
  return log.map((e) => {
    const claim = claims(e)
    const [from, to] = !claim ? [0, 0] : 'undoes' in claim ? claim.undoes : [claim.pastes, claim.pastes]
    const named = (o: Logged | null): boolean => o !== null && o.client === e.client && o.seq >= from && o.seq <= to
    const text = claim && units.filter((u) => named(u.gone) && !named(u.born)).map((u) => u.unit).join('')
    const edits: [number, number, string][] = []
    e.changes?.iterChanges((a, b, _c, _d, insert) => { edits.unshift([a, b, insert.toString()]) }, true)
    for (const [a, b, insert] of edits) {
      const standing = units.flatMap((u, i) => (u.gone ? [] : [i]))
      for (const i of standing.slice(a, b)) units[i]!.gone = e
      units.splice(standing[a] ?? units.length, 0, ...[...insert].map((unit) => ({ unit, gone: null, born: e })))
    }
    return text
  })
}

const insertedBy = (e: Logged): string => (e.changes ? inserted(e.changes) : '')

/** one is a thread with one person, and a function that gives the claims of the entries that were logged since the last call. */
async function one(text: string) {
  const { w, people: [ada] } = await world(text, 'Ada')
  let seen = w.authority.head
  const said = async (): Promise<(Said | null)[]> => {
    await w.quiet()
    const fresh = w.authority.log.slice(seen).map(claimOf)
    seen = w.authority.head
    return fresh
  }
  return { w, ada: ada!, hands: new Hands(ada!), said }
}

test('one undo claims all the edits that it takes back, and a redo claims the undo', async () => {
  const { ada, hands, said } = await one('one two three')
  hands.type(0, 0, 'X') // another step
  for (let i = 0; i < 3; i++) hands.backspace(10_000 + i * 100, 8 - i)
  hands.undo()
  expect(ada.text).toBe('Xone two three')
  expect(await said()).toEqual([null, null, null, null, { undoes: [2, 4] }])
  hands.redo() // deletes
  hands.undo()
  expect(await said()).toEqual([null, { undoes: [6, 6] }])
  hands.undo() // the X
  hands.redo()
  expect(await said()).toEqual([null, { undoes: [8, 8] }])
})

test('typing that was taken back within the step is part of the claim', async () => {
  const { w, ada, hands, said } = await one('abc')
  hands.type(0, 3, 'x')
  hands.backspace(10_000, 4)
  hands.backspace(10_100, 3)
  hands.undo()
  expect(ada.text).toBe('abcx')
  await said()
  expect(claimOf(w.authority.log.at(-1)!)).toEqual({ undoes: [2, 3] })
})

test('a paste claims the cut of the same text, and no other', async () => {
  const { hands, said } = await one('one two three')
  hands.cut(0, 4, 8)
  hands.paste(1000, 0)
  hands.paste(2000, 9)
  expect(await said()).toEqual([null, { pastes: 1 }, { pastes: 1 }])
  hands.person.edit({ changes: { from: 0, insert: 'twos' }, userEvent: 'input.paste' })
  hands.person.edit({ changes: { from: 0, insert: 'two ' }, userEvent: 'input.type' })
  expect(await said()).toEqual([null, null])
})

test('a drag is a cut and a paste, which one undo takes back', async () => {
  const { ada, hands, said } = await one('one two three')
  hands.drag(0, 4, 8)
  expect(ada.text).toBe('two one three')
  expect(await said()).toEqual([null, { pastes: 1 }])
  hands.undo()
  expect(ada.text).toBe('one two three')
  expect(await said()).toEqual([{ undoes: [1, 2] }])
})

test('a large edit is sent in parts, each within a frame, and so are its undo, which claims them, and a paste of what it cut', async () => {
  const text = Array.from({ length: 40_000 }, (_, i) => `line ${i}`).join('\n')
  const { w, ada, hands, said } = await one(text)
  const sizes: number[] = []
  const take = w.authority.take.bind(w.authority)
  w.authority.take = (line, m) => { sizes.push(JSON.stringify(m).length); take(line, m) }
  ada.edit({ changes: { from: 0, to: text.length }, userEvent: 'delete.selection' })
  expect(ada.text).toBe('')
  const [n] = [(await said()).length]
  expect(n).toBeGreaterThan(2)
  const claims = (first: number, kind: (n: number) => Said): Said[] => Array.from({ length: n }, (_, i) => kind(first + i))
  hands.undo()
  expect(ada.text).toBe(text)
  expect(await said()).toEqual(claims(1, (i) => ({ undoes: [i, i] })).reverse())
  hands.cut(10_000, 0, text.length)
  hands.paste(20_000, 0)
  expect(ada.text).toBe(text)
  expect((await said()).slice(n)).toEqual(claims(2 * n + 1, (i) => ({ pastes: i })))
  expect(w.authority.text.toString()).toBe(text)
  expect(Math.max(...sizes)).toBeLessThan(1 << 20)
})

test('each comma of 27,500 lines is replaced, undone and replaced again, and typing goes on', async () => {
  const text = Array.from({ length: 27_500 }, () => '1234,56,7,a,b').join('\n')
  const { w, ada, hands, said } = await one(text)
  const sizes: number[] = []
  const take = w.authority.take.bind(w.authority)
  w.authority.take = (line, m) => { sizes.push(JSON.stringify(m).length); take(line, m) }
  const commas = [...text.matchAll(/,/g)].map((m) => ({ from: m.index, to: m.index + 1, insert: ';' }))
  ada.edit({ changes: commas, userEvent: 'input.replace.all' })
  const there = (await said()).length
  expect(w.authority.text.toString()).toBe(text.replaceAll(',', ';'))
  hands.undo()
  expect(await said()).toEqual(Array.from({ length: there }, (_, i) => ({ undoes: [there - i, there - i] })))
  hands.redo()
  hands.type(90_000, 0, 'x')
  await said()
  expect(w.authority.text.toString()).toBe('x' + text.replaceAll(',', ';'))
  expect(Math.max(...sizes)).toBeLessThan(1 << 20)
})

test('claims hold over others\' edits, a refused push and a lost connection', async () => {
  const { w, people: [ada, ben] } = await world('one two three', 'Ada', 'Ben')
  const hands = new Hands(ada!)
  ada!.plugged = false
  ada!.cut()
  hands.cut(0, 4, 8)
  hands.paste(1000, 0)
  hands.undo()
  hands.undo()
  new Hands(ben!).type(0, 0, 'Hello ')
  await w.quiet()
  w.authority.cost = 2 // the push is cut
  ada!.plugged = true
  ada!.now()
  await w.quiet()
  expect(w.authority.text.toString()).toBe('Hello one two three')
  expect(w.authority.log.slice(-4).map(claimOf)).toEqual([null, { pastes: 1 }, null, { undoes: [1, 1] }])
})

test('another client claims nothing of what the one before did', async () => {
  const { w, ada, hands, said } = await one('one two three')
  hands.cut(0, 4, 8)
  await said()
  ada.cut(4001)
  ada.now()
  await w.quiet()
  hands.undo()
  hands.cut(9000, 0, 4)
  hands.undo()
  expect(await said()).toEqual([null, null, { undoes: [2, 2] }])
  expect(w.authority.log.at(-1)!.seq).toBe(3)
})

test('a page that finds an outbox claims nothing of the edits in it', async () => {
  const { w, ada, hands, said } = await one('one two three')
  ada.plugged = false
  ada.cut()
  hands.cut(0, 4, 8)
  hands.undo()
  hands.cut(5000, 0, 4)
  await settled()
  ada.crash()
  ada.plugged = true
  ada.sit()
  await w.quiet()
  expect(ada.text).toBe('two three')
  hands.undo()
  hands.cut(9000, 0, 4)
  hands.undo()
  expect(await said()).toEqual([null, null, null, null, null, { undoes: [5, 5] }])
})

test('after a redaction nothing from before is claimed', async () => {
  const { w, hands, said } = await one('one two three')
  hands.cut(0, 4, 8)
  await said()
  w.authority.note({ client: '', user: 'Ada' }, 'redacted', {})
  await said()
  hands.paste(1000, 0)
  expect(await said()).toEqual([null])
})

const SEED = seedFor('claims')

/** story has people edit at random; the second one only inserts. It returns the log and how many undos and redos brought text back. */
async function story(seed: number): Promise<{ log: Logged[]; brought: number }> {
  const { w, people } = await world('one two three\nfour five six', 'Ada', 'Ben')
  const r = random(seed)
  const [ada, ben] = people.map((p) => new Hands(p))
  let at = 0
  for (let i = 0; i < 40; i++) {
    at += r.pick([50, 100, 2000])
    const { length } = ada!.person.text
    const pos = r.below(length + 1)
    switch (r.below(8)) {
      case 0: case 1: ada!.type(at, pos, r.pick(['x', 'y', '\n'])); break
      case 2: case 3: for (let n = r.below(4), p = pos; n >= 0 && p > 0; n--, p--, at += 50) ada!.backspace(at, p); break
      case 4: if (pos < length) ada!.cut(at, pos, Math.min(length, pos + 1 + r.below(6))); break
      case 5: ada!.paste(at, pos); break
      case 6: for (let n = r.below(3); n >= 0; n--) ada!.undo(); break
      case 7: ada!.redo(); break
    }
    if (r.chance(0.3)) ben!.type(at, r.below(ben!.person.text.length + 1), 'B')
    if (r.chance(0.3)) { for (const wire of w.wires) { wire.carry(); wire.bring() } await settled() }
    if (r.chance(0.2)) await w.quiet()
  }
  await w.quiet()
  return { log: w.authority.log, brought: ada!.back }
}

/** untrue are the claims whose units are not those that the named entries deleted; strict asks for their order, too. */
function untrue(log: readonly Logged[], strict: boolean, claims = claimOf): string[] {
  const form = (s: string): string => (strict ? s : [...s].sort().join(''))
  return back(log, claims).flatMap((text, i) => (text !== null && form(text) !== form(insertedBy(log[i]!))
    ? [`revision ${i + 1} inserts ${JSON.stringify(insertedBy(log[i]!))} and claims ${JSON.stringify(claims(log[i]!))}, which deleted ${JSON.stringify(text)}`] : []))
}

test('every undo that brings text back has a claim, and every claim is true, whatever others insert meanwhile', async () => {
  let claims = 0, odd = 0, wrong = 0
  for (let n = 0; n < rounds(60); n++) {
    const { log, brought } = await story(SEED + n)
    expect(log.filter((e) => 'undoes' in (claimOf(e) ?? {})).length, `SEED=${SEED + n}`).toBe(brought)
    expect(untrue(log, false), `SEED=${SEED + n}`).toEqual([])
    claims += log.filter(claimOf).length
    // Where others insert between deletions of one step, and the step goes on to delete
    // that as well, the undo may bring it back on the other side.
    odd += untrue(log, true).length
    // The wrong twin: an undo that claims only the last edit of its step.
    wrong += untrue(log, false, (e) => { const c = claimOf(e); return c && 'undoes' in c ? { undoes: [c.undoes[1], c.undoes[1]] } : c }).length
  }
  console.log(`${claims} claims, ${odd} in another order; ${wrong} wrong ones by the twin`)
  expect(claims).toBeGreaterThan(rounds(300))
  expect(odd).toBeLessThan(claims / 50)
  expect(wrong).toBeGreaterThan(0)
})
