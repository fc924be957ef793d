// What a session does, one story at a time.

import { undo } from '@codemirror/commands'
import { expect, test, vi } from 'vitest'
import { entryTaken, blameGiven, type Entry } from '../../src/editor/session/entry'
import { Authority } from './authority'
import { World, settled, type Person } from './world'

async function world(text: string, ...names: string[]): Promise<{ w: World; people: Person[] }> {
  const w = new World(new Authority(text), ...names)
  for (const p of w.people) p.sit()
  await w.quiet()
  return { w, people: w.people }
}

const type = (p: Person, at: number, insert: string): void => p.edit({ changes: { from: at, insert }, userEvent: 'input.type' })

test('one person reads what another types, and both know that it is on disk', async () => {
  const { w, people: [ada, ben] } = await world('abc', 'Ada', 'Ben')
  type(ada!, 3, 'd')
  expect(ada!.session.saved).toEqual({ typed: 1, sent: 0, disk: 1 }) // not written
  await settled()
  expect(ada!.session.saved).toEqual({ typed: 0, sent: 1, disk: 1 })
  type(ada!, 4, 'e')
  expect(ada!.session.saved).toEqual({ typed: 1, sent: 1, disk: 1 })
  await w.quiet()
  expect([ada!.text, ben!.text]).toEqual(['abcde', 'abcde'])
  expect(ada!.session.saved).toEqual({ typed: 0, sent: 0, disk: 3 })
  expect(ada!.session.author).toBe('AAda')
})

test('every entry comes once, in order, on the transaction that has it', async () => {
  const { w, people: [ada, ben] } = await world('abc', 'Ada', 'Ben')
  const told: [number, boolean, boolean][] = []
  let whole = 0
  const dispatch = ben!.host.dispatch.bind(ben!.host)
  ben!.host.dispatch = (trs) => {
    for (const tr of trs) for (const e of tr.effects) {
      if (e.is(entryTaken)) told.push([e.value.rev, e.value.own, tr.docChanged])
      if (e.is(blameGiven)) whole++
    }
    dispatch(trs)
  }
  type(ada!, 3, 'd')
  type(ben!, 0, 'x')
  ada!.session.submit(0, 0)
  await w.quiet()
  expect(told).toEqual([[2, false, true], [3, true, false], [4, false, false]])
  expect(whole).toBe(0)
  expect(w.authority.log[3]).toMatchObject({ kind: 'submitted', more: { lines: [0, 0] } })
})

test('each join says how far the clock of the log is ahead, also one that resumes', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  for (const ahead of [3_600_000, 60_000, 0]) {
    w.authority.ahead = ahead
    ada!.cut()
    ada!.now()
    await w.quiet()
    expect([ada!.session.phase, ada!.session.ahead]).toEqual(['open', ahead])
  }
})

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

test('a request waits for the edits before it, and goes out again after a lost connection, once', async () => {
  const { w, people: [ada, ben] } = await world('one\ntwo', 'Ada', 'Ben')
  ada!.plugged = false
  ada!.cut()
  type(ada!, 3, '\nand')
  ada!.session.submit(2, 2) // "two"
  const named = ada!.session.nameVersion('first')
  const renamed = ada!.session.rename('Other')
  type(ben!, 0, 'zero\n')
  await w.quiet()
  ada!.plugged = true
  ada!.now()
  await w.quiet()
  expect(await named).toBe(4)
  await renamed
  expect(w.authority.log.slice(3)).toMatchObject([
    { kind: 'submitted', more: { lines: [3, 3] } }, { kind: 'version', more: { name: 'first', of: 4 } }, { kind: 'renamed', more: { title: 'Other' } },
  ])
  expect(ben!.session.title).toBe('Other')
  ada!.session.submit(0, 0)
  ada!.wire!.carry() // logged; the answer is lost
  ada!.cut()
  ada!.now()
  await w.quiet()
  expect(w.authority.log.filter((e) => e.kind === 'submitted').length).toBe(2)
})

test('entries wait while an input method composes; own receipts and entries for far lines do not', async () => {
  const { w, people: [ada, ben] } = await world('one\ntwo\nthree\nfour', 'Ada', 'Ben')
  ada!.edit({ changes: { from: 3, insert: '하' }, selection: { anchor: 4 } })
  await w.quiet()
  ada!.compose(true)
  type(ben!, 0, '>') // the composing line
  await w.quiet()
  ada!.edit({ changes: { from: 3, to: 4, insert: '한' } })
  await w.quiet()
  expect(ada!.text).toBe('one한\ntwo\nthree\nfour')
  expect(ben!.text).toBe('>one한\ntwo\nthree\nfour') // own edits go out all the same
  w.clock.advance(10_000)
  expect(ada!.text).toBe('one한\ntwo\nthree\nfour')
  ada!.compose(false)
  await w.quiet()
  expect([ada!.text, ben!.text]).toEqual(['>one한\ntwo\nthree\nfour', '>one한\ntwo\nthree\nfour'])

  ada!.edit({ selection: { anchor: 5 } })
  ada!.compose(true)
  type(ben!, 20, '!')
  type(ben!, 6, 'next ') // the line after is a neighbour by its start
  await w.quiet()
  expect(ada!.text).toBe('>one한\ntwo\nthree\nfour')
  w.clock.advance(3000)
  expect(ada!.text).toBe('>one한\ntwo\nthree\nfour!')
  ada!.compose(false)
  await w.quiet()
  expect(ada!.text).toBe(ben!.text)
})

test('no syllable is doubled when somebody deletes the composing line', async () => {
  const { w, people: [ada, ben] } = await world('one\ntwo', 'Ada', 'Ben')
  ada!.edit({ changes: { from: 7, insert: 'ㅎ' }, selection: { anchor: 8 } })
  ada!.compose(true)
  await w.quiet()
  ben!.edit({ changes: { from: 3, to: 8 } })
  await w.quiet()
  ada!.edit({ changes: { from: 7, to: 8, insert: '하' } })
  ada!.edit({ changes: { from: 7, to: 8, insert: '한' } })
  w.clock.advance(5000)
  ada!.compose(false)
  await w.quiet()
  expect(ada!.text).toBe(w.authority.text.toString())
  expect(ada!.text.match(/[ㅎ하한]/gu)?.length ?? 0).toBeLessThanOrEqual(1)
})

test('cursors are at the right places, whatever is under way', async () => {
  const { w, people: [ada, ben] } = await world('hello world', 'Ada', 'Ben')
  ada!.session.showSelection([[6, 11]])
  await w.quiet()
  expect(ben!.session.cursors).toEqual([{ client: ada!.session.client, user: 'Ada', author: 'AAda', ranges: [[6, 11]] }])
  type(ben!, 0, '>>') // not even sent
  expect(ben!.session.cursors[0]!.ranges).toEqual([[8, 13]])
  ada!.edit({ changes: { from: 0, insert: '12345' } })
  w.clock.advance(200)
  ada!.session.showSelection([[5, 5]]) // in text that is not confirmed
  await w.quiet()
  w.clock.advance(200)
  await w.quiet()
  expect(ada!.text).toBe(ben!.text)
  expect(ada!.text.slice(0, ben!.session.cursors[0]!.ranges[0]![1])).toBe(ada!.text.startsWith('>>') ? '>>12345' : '12345')
  ada!.session.showSelection([])
  w.clock.advance(200)
  await w.quiet()
  expect(ben!.session.cursors).toEqual([])
})

test('halves of characters and U+0000 never get into the text', async () => {
  const { w, people: [ada] } = await world('a😀b', 'Ada')
  ada!.edit({ changes: { from: 2, to: 3, insert: '\ude01' } }) // as a look at the page's units sees 😀 become 😁
  type(ada!, 0, 'x\0y\ud800')
  await w.quiet()
  expect(ada!.session.phase).toBe('open')
  expect(w.authority.text.toString()).toBe('xy\ufffda😁b')
})

test('undo takes back one\'s own edit, also after others wrote', async () => {
  const { w, people: [ada, ben] } = await world('abc', 'Ada', 'Ben')
  type(ada!, 1, 'mine')
  await w.quiet()
  type(ben!, 0, 'theirs ')
  await w.quiet()
  undo({ state: ada!.host.state, dispatch: (tr) => ada!.host.dispatch([tr]) })
  await w.quiet()
  expect([ada!.text, ben!.text]).toEqual(['theirs abc', 'theirs abc'])
})

test('edits go on when the store fails', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  ada!.memory.broken = true
  type(ada!, 0, 'x')
  await w.quiet()
  expect([ada!.session.kept, w.authority.text.toString()]).toEqual([false, 'xabc'])
})

test('a beacon that does not match fetches the whole text again, and keeps own edits', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  const peer = (ada!.session as unknown as { peer: { base: { length: number } } }).peer
  ada!.listener!.text(JSON.stringify({ type: 'beacon', id: '01J9Z3N8QJ7C0V5R2K4M6T8W9X', rev: 1, length: peer.base.length, sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }))
  await new Promise((done) => setTimeout(done, 20))
  expect(ada!.wire!.up).toEqual([])
  ada!.listener!.text(JSON.stringify({ type: 'beacon', id: '01J9Z3N8QJ7C0V5R2K4M6T8W9X', rev: 1, length: 3, sha256: '00' }))
  await vi.waitFor(() => expect(ada!.wire!.up[0]).toEqual({ type: 'diverged', rev: 1 }), 60_000)
  type(ada!, 3, 'd')
  await w.quiet()
  expect([ada!.text, w.authority.text.toString(), ada!.waiting]).toEqual(['abcd', 'abcd', 0])
})

test('an own entry has its number', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  const told: Entry[] = []
  const dispatch = ada!.host.dispatch.bind(ada!.host)
  ada!.host.dispatch = (trs) => { for (const tr of trs) for (const e of tr.effects) if (e.is(entryTaken)) told.push(e.value); dispatch(trs) }
  type(ada!, 0, 'x')
  type(ada!, 1, 'y')
  await w.quiet()
  expect(told.map((e) => [e.rev, e.own, e.seq, e.changes.newLength])).toEqual([[2, true, 1, 4], [3, true, 2, 5]])
})

test('a session that ended sends nothing more', async () => {
  const { w, people: [ada] } = await world('abc', 'Ada')
  w.authority.refuse = 'unavailable'
  type(ada!, 0, 'x')
  await w.quiet()
  w.authority.refuse = null
  ada!.session.stop()
  ada!.listener = { up() {}, down() {}, text() {} } // the next session's
  ada!.now()
  w.clock.advance(5000)
  expect(ada!.wire!.up).toEqual([])
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
