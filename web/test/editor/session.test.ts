// What a session does, one story at a time.

import { undo } from '@codemirror/commands'
import { expect, test, vi } from 'vitest'
import { entryTaken, blameGiven, type Entry } from '../../src/editor/session/entry'
import { type, world } from './people'
import { settled } from './world'

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
