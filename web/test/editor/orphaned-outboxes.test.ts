import { expect, test } from 'vitest'
import { sendOrphanedOutboxes } from '../../src/editor/session/orphaned-outboxes'
import { Authority, THREAD } from './authority'
import { Page } from './memory'
import { World, settled } from './world'

test('outboxes of closed pages are sent once, as the people who made the edits, one by one', async () => {
  const w = new World(new Authority('abc'), 'Ada', 'Ben')
  const [ada, ben] = w.people
  ben!.sit()
  ada!.sit()
  await w.quiet()
  for (const name of ['Ada', 'Adele']) {
    ada!.name = name
    ada!.crash()
    ada!.sit()
    await w.quiet()
    ada!.plugged = false
    ada!.cut()
    ada!.edit({ changes: { from: 0, insert: name[2]! + '.' } })
    await settled()
    ada!.plugged = true
  }
  ada!.crash()
  expect([...ada!.memory.boxes.values()].map((b) => b.user)).toEqual(['Ada', 'Adele'])

  let open = 0, most = 0
  const sending = sendOrphanedOutboxes({
    store: new Page(ada!.memory), clock: w.clock, mint: () => w.mint(),
    moment: async (_, rev) => ({ text: w.authority.textAt(rev).toString(), blame: null }),
    socket: (listener) => {
      ada!.listener = listener
      return { open() { most = Math.max(most, ++open); ada!.now() }, close() { open--; ada!.close() }, now() {}, send: (f) => ada!.send(f) }
    },
  })
  let fates: unknown = null
  void sending.then((f) => { fates = f })
  for (const end = Date.now() + 60_000; !fates && Date.now() < end;) { await w.quiet(); await new Promise((done) => setTimeout(done, 1)) }
  expect(fates).toMatchObject([{ thread: THREAD, user: 'Ada', edits: 1, fate: 'sent' }, { thread: THREAD, user: 'Adele', edits: 1, fate: 'sent' }])
  expect(most).toBe(1)
  await w.quiet()
  expect(w.authority.log.slice(1).map((e) => e.user).sort()).toEqual(['Ada', 'Adele'])
  expect([...w.authority.text.toString()].sort().join('')).toBe('..aabce')
  expect(ben!.text).toBe(w.authority.text.toString())
  expect(ada!.memory.boxes.size).toBe(0)
})
