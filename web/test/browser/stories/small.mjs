// Small things that people count on.

import assert from 'node:assert/strict'
import { content, edit, place, shown, textOf, tryNow, type } from '../editor.mjs'
import { eventually, holds, pause } from '../eventually.mjs'

const NO_SOCKET = 'Parody Wave needs WebSockets to show what others write. This browser does not support them, or they are switched off.'

export const stories = {
  async 'without WebSocket every page says so in plain words'(world) {
    const server = await world.start()
    const thread = await server.open('Nothing', 'Robot', 'text')
    const alice = await world.person('Alice')
    await alice.context.addInitScript(() => { delete globalThis.WebSocket })
    for (const path of ['/', `/t/${thread}`, '/live', '/deck']) {
      const page = await world.visit(alice, path)
      await page.getByText(NO_SOCKET).waitFor()
      await page.close()
    }
  },

  async 'a new title is everybody\'s at once, also while it is edited elsewhere'(world) {
    const server = await world.start()
    const thread = await server.open('Draft', 'Robot', 'text')
    const [a, b] = [await edit(world, await world.person('Alice'), thread), await edit(world, await world.person('Ben'), thread)]
    await a.getByRole('button', { name: 'Change the title' }).click()
    await a.getByRole('textbox', { name: 'Title' }).fill('Final')
    await a.keyboard.press('Enter')
    for (const page of [a, b]) await page.getByRole('heading', { name: 'Final', exact: true }).waitFor()
    await eventually(() => b.title(), 'Final · Parody Wave')
    assert.equal((await server.get(`/api/threads/${thread}`)).title, 'Final')
    await b.getByRole('button', { name: 'Change the title' }).click()
    await b.getByRole('textbox', { name: 'Title' }).waitFor()
    await b.keyboard.press('Escape')
    await b.getByRole('heading', { name: 'Final', exact: true }).waitFor()
  },

  async 'who is there is listed, and goes when they go'(world) {
    const server = await world.start()
    const thread = await server.open('Company', 'Robot', 'text')
    const alice = await edit(world, await world.person('Alice'), thread)
    await alice.getByRole('button', { name: '1 person here' }).waitFor()
    const ben = await world.person('Ben')
    await edit(world, ben, thread)
    await alice.getByRole('button', { name: '2 people here: Ben, Alice' }).click()
    await eventually(() => alice.locator('.people-list li').allInnerTexts().then((t) => t.map((s) => s.replace(/\s+/g, ' ').trim())), ['BE Ben', 'AL Alice (you)'])
    await alice.keyboard.press('Escape')
    await ben.context.close()
    await alice.getByRole('button', { name: '1 person here' }).waitFor()
  },

  async 'others\' carets stand where they are, with a name, and move with the text'(world) {
    const server = await world.start()
    const thread = await server.open('Carets', 'Robot', 'first\nsecond')
    const [alice, ben] = [await edit(world, await world.person('Alice'), thread), await edit(world, await world.person('Ben'), thread)]
    const caret = alice.locator('.others-caret', { hasText: 'Ben' })
    const beside = async (word) => {
      const line = await alice.locator('.cm-line', { hasText: word }).boundingBox()
      const box = await caret.boundingBox()
      return box && line && Math.abs(box.y - line.y) < line.height / 2
    }
    await place(ben, 8)
    await caret.waitFor()
    await holds(() => beside('second'), 'Ben\'s caret is in the second line')
    await world.shot(alice, 'carets')
    await place(alice, 0)
    await type(alice, 'new\n')
    await eventually(() => textOf(ben), 'new\nfirst\nsecond')
    await holds(() => beside('second'), 'it has moved with its line')
    await place(ben, 5)
    await holds(() => beside('first'), 'and goes where Ben goes')
    await ben.close()
    await caret.waitFor({ state: 'detached' })
  },

  async 'find finds, goes on, and replaces as one\'s own edit'(world) {
    const server = await world.start()
    const thread = await server.open('Find', 'Robot', Array.from({ length: 400 }, (_, i) => (i % 100 === 57 ? `needle ${i}` : `straw ${i}`)).join('\n'))
    const page = await edit(world, await world.person('Alice'), thread)
    await content(page).focus()
    await page.keyboard.press('Control+f')
    await page.keyboard.type('not for everybody') // what finds comes when it is first asked for
    await page.getByRole('textbox', { name: 'Find', exact: true }).waitFor()
    await page.getByRole('textbox', { name: 'Find', exact: true }).selectText()
    await page.keyboard.type('needle')
    await page.keyboard.press('Enter')
    await holds(async () => (await shown(page)).includes('needle 57'), 'the first match is in sight')
    await page.keyboard.press('Enter')
    await holds(async () => (await shown(page)).includes('needle 157'), 'the next one')
    await world.shot(page, 'find')
    await page.getByRole('textbox', { name: 'Replace with' }).fill('pin')
    await page.locator('.cm-search [name=replaceAll]').click()
    await eventually(async () => (await server.text(thread)).match(/pin \d+/g), ['pin 57', 'pin 157', 'pin 257', 'pin 357'])
    assert.equal((await server.get(`/api/threads/${thread}/blame`)).lines[57].author, 'Alice')
    assert.ok(!(await server.text(thread)).includes('body'), 'what was typed for the search is not in the text')
  },

  async 'the save mark says on disk only what is, and offline how much waits'(world) {
    const server = await world.start()
    const thread = await server.open('Mark', 'Robot', 'text')
    const alice = await world.person('Alice')
    const page = await edit(world, alice, thread)
    const mark = page.locator('.mark-words')
    await type(page, 'hello')
    await eventually(async () => (await mark.textContent()) === `on disk #${(await server.get(`/api/threads/${thread}`)).revisions}`, true)
    alice.proxy.deaf()
    await type(page, 'x')
    await holds(async () => !/\bdisk\b/.test(await page.locator('.mark').getAttribute('class')), 'the mark follows what is typed')
    await pause(1200)
    assert.doesNotMatch(await page.locator('.mark').getAttribute('class'), /\bdisk\b/, 'nothing is said to be on disk before the server says so')
    alice.proxy.cut()
    await type(page, 'yz')
    await eventually(async () => /^offline, \d+ edits? kept on this device$/.test(await mark.textContent()), true)
    await page.getByRole('button', { name: 'Try now' }).waitFor()
    await world.shot(page, 'offline')
    alice.proxy.mend()
    await tryNow(page)
    await eventually(() => server.text(thread), 'helloxyztext')
    await eventually(async () => (await mark.textContent()) === `on disk #${(await server.get(`/api/threads/${thread}`)).revisions}`, true)
  },
}
