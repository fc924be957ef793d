// The page of what the server does.

import assert from 'node:assert/strict'
import { edit, textOf, type } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'

/** figure reads a number with a name off the page. */
const figure = async (page, name) => {
  const all = await page.locator('dl > div').evaluateAll((rows) => rows.map((r) => [r.querySelector('dt').textContent, r.querySelector('dd').textContent]))
  return Number.parseFloat(all.find(([n]) => n === name)?.[1].replaceAll(',', '') ?? 'NaN')
}

export const stories = {
  async '/live gets twenty frames a second, and its numbers move when somebody types'(world) {
    const server = await world.start()
    const thread = await server.open('Busy', 'Robot')
    const reader = await world.person('Rita')
    const page = await reader.context.newPage()
    const frames = []
    page.on('websocket', (ws) => ws.on('framereceived', ({ payload }) => { if (payload.includes('"activity"')) frames.push(performance.now()) }))
    await page.goto(`${reader.url}/live`)
    await holds(() => frames.length > 5, 'frames come')
    const from = frames.length
    const start = performance.now()
    await page.waitForTimeout(3000)
    const rate = (frames.length - from) / ((performance.now() - start) / 1000)
    assert.ok(rate > 17 && rate < 23, `${rate.toFixed(1)} frames a second`)
    assert.equal(await figure(page, 'edits/s'), 0)
    const writer = await edit(world, await world.person('Wim'), thread)
    await eventually(() => figure(page, 'thread'), 1)
    let words = 0
    const typing = (async () => { for (; words < 60; words++) await type(writer, `word ${words} `, 8) })()
    await holds(async () => (await figure(page, 'edits/s')) > 5, 'edits a second move')
    await holds(async () => (await figure(page, 'deliveries/s')) > 5, 'deliveries a second move')
    await holds(async () => (await figure(page, 'ack p99')) > 0, 'the time to the disk is told')
    await page.getByRole('link', { name: 'Busy' }).waitFor()
    await page.getByRole('row', { name: /Wim/ }).waitFor()
    await world.shot(page, 'live')
    await typing
    assert.ok((await textOf(writer)).length > 100)
    await eventually(() => figure(page, 'edits/s'), 0, 6000)
    world.note(`${rate.toFixed(1)} frames a second`)

    // Nobody is told while nobody looks.
    await page.evaluate(() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange')) })
    await page.waitForTimeout(300)
    const then = frames.length
    await page.waitForTimeout(700)
    assert.equal(frames.length, then, 'no frames come to a page that nobody sees')
  },
}
