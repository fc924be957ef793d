// What becomes of edits that no server has acknowledged, one story at a time.

import { expect, test } from 'vitest'
import { Authority } from './authority'
import { type, world } from './people'
import { settled } from './world'

test('the next page sends the edits of one that closed offline', async () => {
  const { w, people: [ada, ben] } = await world('abc', 'Ada', 'Ben')
  ada!.plugged = false
  ada!.cut()
  for (const c of 'XYZ') type(ada!, 1, c)
  await settled()
  const [box] = ada!.memory.boxes.values()
  expect(box).toMatchObject({ rev: 1, seq: 1, base: 'abc', user: 'Ada' })
  const { client } = ada!.session
  ada!.crash()
  type(ben!, 0, '>')
  await w.quiet()
  ada!.sit()
  await settled()
  expect([ada!.text, ada!.session.phase, ada!.waiting]).toEqual(['aZYXbc', 'open', 3])
  type(ada!, 0, 'W') // still offline
  ada!.plugged = true
  ada!.now()
  await w.quiet()
  expect([ada!.text, ben!.text, ada!.waiting]).toEqual(['>WaZYXbc', '>WaZYXbc', 0])
  expect(ada!.session.client).toBe(client)
  expect(ada!.memory.boxes.size).toBe(0)
})

test('nothing is stored where nothing waits', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  type(ada!, 0, 'x')
  expect(ada!.memory.boxes.size).toBe(1)
  await w.quiet()
  expect(ada!.memory.boxes.size).toBe(0)
})

test('a push whose receipt was lost is not applied twice', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  type(ada!, 0, 'x')
  ada!.wire!.carry()
  ada!.cut()
  type(ada!, 1, 'y')
  ada!.now()
  await w.quiet()
  expect([ada!.text, w.authority.text.toString(), w.authority.head]).toEqual(['xyabc', 'xyabc', 3])
})

test('an edit that the log has and an old outbox has not is accepted, and numbering continues under another client', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  const { memory } = ada!
  ada!.plugged = false
  ada!.cut()
  type(ada!, 0, 'x')
  await settled()
  const old = structuredClone([...memory.boxes.values()][0]!)
  type(ada!, 1, 'y')
  ada!.plugged = true
  ada!.now()
  await w.quiet()
  const { client } = ada!.session
  ada!.crash()
  memory.boxes.set(old.client, old) // as after a power cut
  ada!.sit()
  await settled()
  type(ada!, 1, 'z') // the page knows of x alone
  await w.quiet()
  expect(ada!.text).toBe(w.authority.text.toString())
  expect([...ada!.text].sort().join('')).toBe('abcxyz')
  expect(ada!.session.client).not.toBe(client)
  expect(ada!.waiting).toBe(0)
})

test('a session whose client somebody took over continues as another, with the edits not in the log', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  const { client } = ada!.session
  type(ada!, 0, 'x')
  ada!.wire!.carry() // logged, not yet back
  type(ada!, 1, 'y')
  const thief = { deliver() {}, closed() {} }
  w.authority.take(thief, { type: 'join', user: 'Ada', id: 'T', mode: 'text', client })
  await w.quiet()
  expect(ada!.session.link).toBe('down')
  ada!.now()
  await w.quiet()
  expect([ada!.text, w.authority.text.toString()]).toEqual(['xyabc', 'xyabc'])
  expect(ada!.session.client).not.toBe(client)
  expect(ada!.memory.boxes.size).toBe(0)
})

test('a session changes a client id that belongs to another author', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  type(ada!, 0, 'x')
  await w.quiet()
  ada!.plugged = false
  ada!.cut()
  type(ada!, 0, 'y')
  ada!.session.me.user = 'Adele'
  ada!.plugged = true
  ada!.now()
  await w.quiet()
  expect(w.authority.text.toString()).toBe('yxabc')
  expect(w.authority.log.map((e) => e.user)).toEqual(['Opener', 'Ada', 'Adele'])
})

test('a session is stuck if the log was restored from a backup while edits wait; taking theirs continues', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  type(ada!, 0, 'x')
  await w.quiet()
  ada!.plugged = false
  ada!.cut()
  type(ada!, 0, 'y')
  w.authority = w.authority.restarted(1)
  ada!.plugged = true
  ada!.now()
  await w.quiet()
  expect(ada!.session.phase).toBe('stuck')
  expect(ada!.session.rescue()).toEqual({ text: 'yxabc', base: 'xabc' })
  type(ada!, 0, 'no') // not taken
  expect(ada!.text).toBe('yxabc')
  expect(ada!.memory.boxes.size).toBe(1)
  ada!.session.takeTheirs()
  await w.quiet()
  expect([ada!.session.phase, ada!.text, ada!.memory.boxes.size]).toEqual(['open', 'abc', 0])
  type(ada!, 0, 'z')
  await w.quiet()
  expect(w.authority.text.toString()).toBe('zabc')
})

test('putting mine sends the difference from theirs', async () => {
  const { w, people: [ada] } = await world('one\ntwo\nthree', 'Ada')
  type(ada!, 0, 'x')
  await w.quiet()
  ada!.plugged = false
  ada!.cut()
  type(ada!, 5, '!')
  w.authority = w.authority.restarted(1)
  ada!.plugged = true
  ada!.now()
  await w.quiet()
  ada!.session.putMine(ada!.session.rescue().text)
  await w.quiet()
  expect(w.authority.text.toString()).toBe('xone\n!two\nthree')
  expect(w.authority.log.length).toBe(2)
  expect(w.authority.log[1]!.changes!.toJSON()).toEqual([[0, 'x'], 4, [0, '!'], 9])
  expect(ada!.waiting).toBe(0)
})

test('a log restored from a backup lacks words that stand here: they stay in sight until the person chooses', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  type(ada!, 0, 'x')
  await w.quiet()
  ada!.cut()
  w.authority = w.authority.restarted(1)
  ada!.now()
  await w.quiet()
  expect([ada!.session.phase, ada!.session.problem?.code, ada!.text, ada!.session.rescue()]).toEqual(['stuck', 'reset', 'xabc', { text: 'xabc', base: 'xabc' }])
  ada!.session.takeTheirs()
  await w.quiet()
  expect([ada!.session.phase, ada!.text, ada!.session.rev]).toEqual(['open', 'abc', 1])
  type(ada!, 3, 'z')
  await w.quiet()
  expect(w.authority.text.toString()).toBe('abcz')
})

test('a server that does not know the thread for a moment takes nothing from the page, and gets what was written meanwhile', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  const right = w.authority
  ada!.cut()
  w.authority = new Authority('')
  w.authority.missing = true
  ada!.now()
  await w.quiet()
  expect([ada!.session.phase, ada!.session.unknown, ada!.text]).toEqual(['open', true, 'abc'])
  type(ada!, 3, 'd')
  await w.quiet()
  expect([ada!.text, ada!.waiting]).toEqual(['abcd', 1])
  w.authority = right
  w.clock.advance(10_000)
  await w.quiet()
  expect([ada!.session.unknown, ada!.waiting, right.text.toString()]).toEqual([false, 0, 'abcd'])
})

test('an edit that a server closes for its size is not sent again, and can be rescued; several are sent one by one', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  const take = w.authority.take.bind(w.authority)
  let most = 1, tries = 0
  w.authority.take = (line, m) => {
    if (m.type !== 'update' || (m.changes as unknown[]).length < most) return take(line, m)
    tries++
    line.closed(1009)
  }
  ada!.plugged = false
  ada!.cut()
  for (const c of 'xyz') type(ada!, 0, c)
  ada!.plugged = true
  most = 2
  ada!.now()
  for (let i = 0; i < 20; i++) { await w.quiet(); ada!.now(); w.clock.advance(5000) }
  expect([ada!.session.phase, w.authority.text.toString()]).toEqual(['open', 'zyxabc'])
  expect(tries).toBeLessThan(4)
  most = 1
  tries = 0
  type(ada!, 0, '!')
  for (let i = 0; i < 20; i++) { await w.quiet(); ada!.now(); w.clock.advance(5000) }
  expect([ada!.session.phase, ada!.session.problem?.code, tries, ada!.session.rescue().text]).toEqual(['stuck', 'too_large', 1, '!zyxabc'])
})

test('a refused change makes the session stuck; its text can be rescued', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  w.authority.refuse = 'bad_change'
  type(ada!, 0, 'x')
  await w.quiet()
  expect([ada!.session.phase, ada!.session.problem?.code, ada!.session.rescue().text]).toEqual(['stuck', 'bad_change', 'xabc'])
})

test('a push refused for now is sent again; a read-only thread waits for another join', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  w.authority.refuse = 'unavailable'
  type(ada!, 0, 'x')
  await w.quiet()
  expect(ada!.waiting).toBe(1)
  w.authority.refuse = null
  w.clock.advance(3000)
  await w.quiet()
  expect([ada!.waiting, w.authority.text.toString()]).toEqual([0, 'xabc'])
  w.authority.readonly = true
  type(ada!, 0, 'y')
  await w.quiet()
  expect([ada!.session.readonly, ada!.waiting, ada!.session.phase]).toEqual([true, 1, 'open'])
  type(ada!, 0, 'no')
  expect(ada!.text).toBe('yxabc')
  w.authority.readonly = false
  ada!.cut()
  ada!.now()
  await w.quiet()
  expect([ada!.waiting, w.authority.text.toString()]).toEqual([0, 'yxabc'])
})

test('a push that is too costly is split into smaller ones', async () => {
  const { w, people: [ada, ben] } = await world('', 'Ada', 'Ben')
  w.authority.cost = 40
  ada!.cut()
  for (let i = 0; i < 50; i++) type(ada!, 0, 'a')
  for (let i = 0; i < 50; i++) { type(ben!, 0, 'b'); await w.quiet() }
  ada!.now()
  await w.quiet(10_000)
  expect(w.authority.text.length).toBe(100)
  expect(ada!.text).toBe(w.authority.text.toString())
})

test('edits go on when the store fails', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  ada!.memory.broken = true
  type(ada!, 0, 'x')
  await w.quiet()
  expect([ada!.session.kept, w.authority.text.toString()]).toEqual([false, 'xabc'])
})

test('a session that ends while its outbox is being written leaves the outbox there', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  ada!.plugged = false
  ada!.cut()
  ada!.memory.slow = true
  type(ada!, 0, 'x')
  type(ada!, 1, 'y') // another write is due after the one under way
  await settled()
  ada!.session.stop()
  while (ada!.page.writing) { ada!.page.flush(); await settled() }
  expect([...ada!.memory.boxes.values()].map((b) => b.pending.length)).toEqual([1])
  ada!.memory.slow = false
  ada!.sit()
  ada!.plugged = true
  ada!.now()
  await w.quiet()
  expect(w.authority.text.toString()).toBe('xabc')
})
