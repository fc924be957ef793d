// Two who do not hear of each other for a while.

import assert from 'node:assert/strict'
import { edit, place, textOf } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'
import { assertOnceInOrder, tokens } from './crash.mjs'

export const stories = {
  async '500 edits made offline and 500 others\' are merged, each once and in order'(world) {
    const server = await world.start()
    const thread = await server.open('Offline', 'Robot', 'first line\nshared: \nlast line')
    const robot = await world.robot(thread, 'Ben')
    const alice = await world.person('Alice')
    const page = await edit(world, alice, thread)
    await eventually(() => textOf(page), robot.string)
    alice.proxy.cut()

    // Here: half of it where the other one writes too, half of it above.
    const mine = tokens('a', 100)
    await place(page, robot.string.indexOf('\nlast'))
    await page.keyboard.type(mine.slice(0, 50).map((w) => `${w} `).join(''))
    await place(page, 10)
    await page.keyboard.type(mine.slice(50).map((w) => ` ${w}`).join(''))
    const here = await textOf(page)

    // There: 250 in the same place, 250 in the last line, a keystroke a change.
    const theirs = tokens('b', 100)
    for (const [start, words] of [[() => robot.string.indexOf('\nlast'), theirs.slice(0, 50)], [() => robot.text.length, theirs.slice(50)]]) {
      const from = start()
      await robot.push(...[...words.map((w) => `${w} `).join('')].map((c, i) => ({ from: from + i, insert: c })))
    }
    const before = robot.entries.length
    assert.equal(before, 500)

    const start = performance.now()
    alice.proxy.mend()
    await page.evaluate(() => dispatchEvent(new Event('online')))
    await holds(async () => robot.entries.length >= before + 500 && (await textOf(page)) === robot.string, 'the page and the log are one', 120_000)
    const end = performance.now()
    const text = robot.string
    assert.equal(robot.entries.length, before + 500, 'edits of the log')
    assertOnceInOrder(text, mine.slice(0, 50), 'Alice, shared')
    assertOnceInOrder(text, mine.slice(50), 'Alice, above')
    assertOnceInOrder(text, theirs, 'Ben')
    assert.equal(text.length, here.length + 500, 'units')
    for (const [i, c] of [...text].entries()) if ('ab'.includes(c) && /\d/.test(text[i + 1])) assert.equal(robot.authors[i], c === 'a' ? 'Alice' : 'Ben')
    world.note(`merged ${Math.round(end - alice.proxy.connected)} ms after the connection was back, ${Math.round(end - start)} ms after the cable was`)
  },
}
