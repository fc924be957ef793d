// Without a mouse.

import assert from 'node:assert/strict'
import { content, ready, textOf } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'

/** focused names what has the focus. */
const focused = (page) => page.evaluate(() => {
  const e = document.activeElement
  if (!e || e === document.body) return 'nothing'
  return `${e.tagName.toLowerCase()} ${e.getAttribute('aria-label') ?? e.textContent.trim().slice(0, 40)}`
})

/** tabTo presses Tab until what has the focus is what is wanted, and says where it has been if it never is. */
async function tabTo(page, wanted, key = 'Tab') {
  const been = []
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press(key)
    been.push(await focused(page))
    if (wanted.test(been.at(-1))) return been
  }
  throw new Error(`Tab never comes to ${wanted}: ${been.join(' | ')}`)
}

export const stories = {
  async 'everything is done by keyboard: start, write, rename, menu, line history, and back'(world) {
    const server = await world.start()
    const other = await server.open('Other', 'Robot', 'one\ntwo')
    const page = await world.visit(await world.person('Alice', { known: false }), '/')
    await eventually(() => page.evaluate(() => document.activeElement.getAttribute('name')), 'name')
    await page.keyboard.type('Alice')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Other' }).waitFor()
    await eventually(() => focused(page), 'input Search or start a thread')
    await page.keyboard.type('By keys')
    await page.keyboard.press('Enter')
    await ready(page)
    await holds(() => content(page).evaluate((e) => e === document.activeElement), 'the text has the focus')
    await page.keyboard.type('first line')
    const id = page.url().slice(-26)
    await eventually(() => server.text(id), 'first line')

    // Tab leaves the text, and Shift-Tab comes back to it: no trap.
    await page.keyboard.press('Tab')
    assert.doesNotMatch(await focused(page), /Text of/, 'Tab leaves the text')
    await tabTo(page, /Text of By keys/, 'Shift+Tab')
    const round = await tabTo(page, /Change the title/, 'Shift+Tab')
    assert.ok(round.length < 12, `it is a long way to the title: ${round.join(' | ')}`)
    await page.keyboard.press('Enter')
    await eventually(() => focused(page), 'input Title')
    await page.keyboard.type('Renamed by keys')
    await page.keyboard.press('Enter')
    await eventually(async () => (await server.get(`/api/threads/${id}`)).title, 'Renamed by keys')
    await eventually(() => focused(page), 'button Change the title')

    await tabTo(page, /^button More/)
    await page.keyboard.press('Enter')
    await page.getByRole('menu').waitFor()
    await holds(() => page.getByRole('menu').evaluate((e) => e.contains(document.activeElement)), 'the menu has the focus')
    await page.keyboard.press('ArrowDown')
    await eventually(() => page.evaluate(() => document.activeElement.getAttribute('role')), 'menuitem')
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'hidden' })
    await eventually(() => focused(page), 'button More')

    await tabTo(page, /Text of/)
    await page.keyboard.press('Alt+h')
    const panel = page.getByRole('region', { name: 'History of the line' })
    await panel.waitFor()
    await holds(() => panel.evaluate((e) => e.contains(document.activeElement)), 'the panel has the focus')
    await panel.getByRole('listitem').first().waitFor()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await holds(() => content(page).evaluate((e) => e === document.activeElement), 'the text has the focus again')

    await page.keyboard.press('F1')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await holds(() => content(page).evaluate((e) => e === document.activeElement), 'and after the keys')
    await page.keyboard.press('End')
    await page.keyboard.type('!')
    await eventually(() => server.text(id), 'first line!')

    await tabTo(page, /^a All threads/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    for (const name of ['Renamed by keys', 'Other']) await page.getByRole('link', { name }).waitFor()
    await eventually(() => focused(page), 'input Search or start a thread')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await eventually(() => page.evaluate(() => document.activeElement.textContent.includes('Other')), true)
    await page.keyboard.press('Enter')
    await ready(page)
    assert.equal(page.url().slice(-26), other)
    await eventually(() => textOf(page), 'one\ntwo')
  },

  async 'the past is walked by keys'(world) {
    const server = await world.start()
    const thread = await server.open('Past', 'Ada')
    const robots = [await world.robot(thread, 'Ada'), await world.robot(thread, 'Ben')]
    for (let i = 0; i < 6; i++) {
      const robot = robots[i % 2]
      await robot.push({ from: 0, insert: `${i}\n` })
      await robots[(i + 1) % 2].until(() => robots[0].rev === robots[1].rev, 'the other has it')
    }
    const page = await world.visit(await world.person('Alice'), `/t/${thread}@${robots[0].rev}`)
    await eventually(() => textOf(page), robots[0].string)
    await page.keyboard.press('ArrowLeft')
    await eventually(() => textOf(page), '4\n3\n2\n1\n0\n')
    await page.keyboard.press('Home')
    await eventually(() => textOf(page), await server.run('cat', `${thread}@${(await server.get(`/api/threads/${thread}/timeline`)).steps[0][1]}`))
    await page.keyboard.press('End')
    await eventually(() => textOf(page), robots[0].string)
    await tabTo(page, /^a Back to now/)
    await page.keyboard.press('Enter')
    await ready(page)
    assert.ok(page.url().endsWith(`/t/${thread}`), page.url())
  },
}
