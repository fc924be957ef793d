// A tab goes, by a reload, by closing, or by a crash, with edits in it that
// nobody has confirmed. They are kept on the device and sent once.

import assert from 'node:assert/strict'
import { edit, place, ready, textOf, type } from '../editor.mjs'
import { eventually, holds, pause } from '../eventually.mjs'
import { assertOnceInOrder, tokens } from './crash.mjs'

async function scene(world) {
  const server = await world.start()
  const thread = await server.open('Tabs', 'Robot', 'start')
  const alice = await world.person('Alice')
  const page = await edit(world, alice, thread)
  await eventually(() => textOf(page), 'start')
  return { server, thread, alice, page }
}

/**
 * kept waits until what was typed last in a page is on this device: an outbox
 * there whose edits end with it, and with a text as long as the page's, for two
 * tabs have an outbox each. Where the server has it all, no outbox is needed.
 */
const kept = (server, thread, page, typed) => holds(async () => {
  if ((await server.text(thread)) === (await textOf(page))) return true
  const found = await page.evaluate(outboxes, thread)
  const length = (await textOf(page)).length
  return found.some(({ text, after }) => after === length && text !== '' && typed.endsWith(text.slice(-typed.length)))
}, `${JSON.stringify(typed)} is on this device`)

/** outboxes, in a page, are those of a thread in the browser's store: what their edits insert, and how long the text is after them. */
async function outboxes(thread) {
  const asked = (r) => new Promise((done, fail) => { r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error) })
  if (!(await indexedDB.databases()).some((d) => d.name === 'parodywave')) return []
  const db = await asked(indexedDB.open('parodywave'))
  const boxes = await asked(db.transaction('outboxes').objectStore('outboxes').getAll())
  db.close()
  const inserted = (part) => (Array.isArray(part) ? part.slice(1).join('\n') : '')
  return boxes.filter((box) => box.thread === thread && box.pending.length > 0).map(({ pending }) => ({
    text: pending.flat().map(inserted).join(''),
    after: pending.at(-1).reduce((sum, part) => sum + (Array.isArray(part) ? inserted(part).length : part), 0),
  }))
}

/** write types words at the end; the first half is confirmed unless the cable is bad. */
async function write(server, thread, page, words) {
  const typed = words.map((w) => ` ${w}`).join('')
  await place(page, 1e9)
  await type(page, typed)
  await kept(server, thread, page, typed)
}

/** onceEverywhere holds what was typed against the log and a page. */
async function onceEverywhere(server, thread, page, words) {
  const wanted = `start ${words.join(' ')}`
  await eventually(() => server.text(thread), wanted, 60_000)
  await eventually(() => textOf(page), wanted)
  await pause(500)
  assert.equal(await server.text(thread), wanted, 'nothing is sent again')
}

export const stories = {
  async 'a reload with edits that never left sends them once'(world) {
    const { server, thread, alice, page } = await scene(world)
    const words = tokens('a', 20)
    await write(server, thread, page, words.slice(0, 10))
    await eventually(() => server.text(thread), `start ${words.slice(0, 10).join(' ')}`)
    alice.proxy.dumb()
    await write(server, thread, page, words.slice(10))
    await page.reload()
    alice.proxy.mend()
    alice.proxy.drop()
    await ready(page)
    await onceEverywhere(server, thread, page, words)
  },

  async 'a reload with edits that arrived but were not confirmed sends nothing twice'(world) {
    const { server, thread, alice, page } = await scene(world)
    const words = tokens('a', 20)
    alice.proxy.deaf()
    await write(server, thread, page, words)
    await holds(async () => (await server.text(thread)).length > 'start'.length, 'the first edits arrive')
    await page.reload()
    alice.proxy.mend()
    alice.proxy.drop()
    await ready(page)
    await onceEverywhere(server, thread, page, words)
  },

  async 'a crashed tab\'s edits are sent once when the thread is opened again, hours and a restart later'(world) {
    const { server, thread, alice, page } = await scene(world)
    const words = tokens('a', 20)
    await write(server, thread, page, words.slice(0, 5))
    alice.proxy.cut()
    await write(server, thread, page, words.slice(5))
    const cdp = await page.context().newCDPSession(page)
    const gone = new Promise((done) => page.once('crash', done))
    cdp.send('Page.crash').catch(() => {})
    await gone
    await server.restart()
    const ben = await world.robot(thread, 'Ben')
    await ben.push({ from: 0, insert: 'Ben was here. ' })
    alice.proxy.mend()
    const again = await edit(world, alice, thread)
    const wanted = `Ben was here. start ${words.join(' ')}`
    await eventually(() => server.text(thread), wanted, 60_000)
    await eventually(() => textOf(again), wanted)
    await page.close()
    await again.reload()
    await ready(again)
    await pause(500)
    assert.equal(await server.text(thread), wanted, 'a second opening sends nothing again')
  },

  async 'another tab on the same thread neither steals nor doubles a closed one\'s edits'(world) {
    const { server, thread, alice, page } = await scene(world)
    const other = await edit(world, alice, thread)
    await page.bringToFront()
    const words = tokens('a', 20)
    alice.proxy.dumb()
    await write(server, thread, page, words.slice(0, 10))
    await other.bringToFront()
    await place(other, 0)
    await type(other, 'other: ')
    await kept(server, thread, other, 'other: ')
    await page.close({ runBeforeUnload: false })
    alice.proxy.mend()
    alice.proxy.drop()
    const again = await edit(world, alice, thread)
    const text = await holds(async () => {
      const texts = [await server.text(thread), await textOf(other), await textOf(again)]
      return texts.every((t) => t === texts[0]) && texts[0].includes('other: ') && texts[0].includes('a010') && texts[0]
    }, 'both tabs\' edits are in the log and on both pages', 60_000)
    assertOnceInOrder(text, words.slice(0, 10), 'the closed tab')
    assert.equal(text, `other: start ${words.slice(0, 10).join(' ')}`)
    await place(again, 1e9)
    await type(again, words.slice(10).map((w) => ` ${w}`).join(''))
    await eventually(() => textOf(other), `other: start ${words.join(' ')}`)
    await pause(300)
    assert.equal(await server.text(thread), `other: start ${words.join(' ')}`)
  },
}
