// The page of what the server does.

import assert from 'node:assert/strict'
import { edit, textOf, type } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'

const SPAN = 2000 // ms over which frames are counted

/** figure reads a number with a name off the page. */
const figure = async (page, name) => {
  const all = await page.locator('dl > div').evaluateAll((rows) => rows.map((r) => [r.querySelector('dt').textContent, r.querySelector('dd').textContent]))
  return Number.parseFloat(all.find(([n]) => n === name)?.[1].replaceAll(',', '') ?? 'NaN')
}

/** spans gives, for each time that a frame came at, how many came a second in the span from there on; the last are not over yet. */
const spans = (times) => times.filter((t) => t + SPAN < performance.now()).map((t) => times.filter((u) => u >= t && u < t + SPAN).length / (SPAN / 1000))

export const stories = {
  async '/live gets twenty frames a second, and its numbers move when somebody types'(world) {
    const server = await world.start()
    const thread = await server.open('Busy', 'Robot')
    const reader = await world.person('Rita')
    const page = await reader.context.newPage()
    const frames = []
    page.on('websocket', (ws) => ws.on('framereceived', ({ payload }) => { if (payload.includes('"activity"')) frames.push(performance.now()) }))
    const start = performance.now()
    await page.goto(`${reader.url}/live`)
    await holds(() => frames.length > 5, 'frames come')
    // A machine that is busy otherwise holds frames up, and hands them over in
    // heaps; but it makes none, and leaves some seconds in peace.
    const rate = await holds(() => spans(frames).find((r) => r > 10 && r < 23), 'a span with some twenty frames a second, or half of them')
    const whole = frames.length / ((performance.now() - start) / 1000)
    assert.ok(whole < 23, `${whole.toFixed(1)} frames a second on the whole`)
    await eventually(() => figure(page, 'edits/s'), 0)
    const writer = await edit(world, await world.person('Wim'), thread)
    await eventually(() => figure(page, 'thread'), 1)
    let noticed = false
    const typing = (async () => { for (let words = 0; !noticed || words < 20; words++) await type(writer, `word ${words} `, 8) })()
    typing.catch(() => {}) // it is awaited below, or nothing is any more
    await holds(async () => (await figure(page, 'edits/s')) > 0, 'edits a second move')
    await holds(async () => (await figure(page, 'deliveries/s')) > 0, 'deliveries a second move')
    await holds(async () => (await figure(page, 'ack p99')) > 0, 'the time to the disk is shown')
    await page.getByRole('link', { name: 'Busy' }).waitFor()
    await page.getByRole('row', { name: /Wim/ }).waitFor()
    await world.shot(page, 'live')
    noticed = true
    await typing
    assert.ok((await textOf(writer)).length > 100)
    await eventually(() => figure(page, 'edits/s'), 0)
    world.note(`${rate.toFixed(1)} frames a second`)

    // A hidden page gets no frames.
    await page.evaluate(() => { Object.defineProperty(document, 'hidden', { value: true, configurable: true }); document.dispatchEvent(new Event('visibilitychange')) })
    const unseen = performance.now()
    await holds(() => performance.now() - Math.max(unseen, frames.at(-1)) > 1000, 'no frames come to a page that nobody sees')
  },
}
