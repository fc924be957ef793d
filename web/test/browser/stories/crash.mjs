// The server dies in the middle of it, as by a power cut.

import assert from 'node:assert/strict'
import { content, edit, textOf } from '../editor.mjs'
import { holds, pause } from '../eventually.mjs'

/** tokens are words that tell when one is missing, doubled or out of its place. */
export const tokens = (letter, n) => Array.from({ length: n }, (_, i) => `${letter}${String(i + 1).padStart(3, '0')}`)

/** assertOnceInOrder holds a text against somebody's words: each once, one after the other. */
export function assertOnceInOrder(text, words, whose) {
  let from = 0
  for (const word of words) {
    const at = text.indexOf(word)
    assert.ok(at >= 0, `${whose}: ${word} is lost in ${JSON.stringify(text)}`)
    assert.equal(text.lastIndexOf(word), at, `${whose}: ${word} is there twice in ${JSON.stringify(text)}`)
    assert.ok(at >= from, `${whose}: ${word} is before its time in ${JSON.stringify(text)}`)
    from = at
  }
}

export const stories = {
  async 'a server killed again and again while two people type loses and doubles nothing'(world) {
    const server = await world.start()
    const thread = await server.open('Kill', 'Robot', 'alice:\nben:')
    const team = []
    for (const [name, letter, line] of [['Alice', 'a', 1], ['Ben', 'b', 2]]) {
      const page = await edit(world, await world.person(name), thread)
      await content(page).focus()
      await page.keyboard.press('Control+Home')
      if (line === 2) await page.keyboard.press('ArrowDown')
      await page.keyboard.press('End')
      team.push({ name, page, all: tokens(letter, 999), words: [] })
    }
    let kills = 0
    let done = false
    const typing = Promise.all(team.map(async ({ page, all, words }) => {
      while (words.length < 80 || (kills < 4 && words.length < all.length)) {
        words.push(all[words.length])
        await page.keyboard.type(` ${words.at(-1)}`, { delay: 15 })
      }
    })).finally(() => { done = true })
    typing.catch(() => {}) // it is awaited below, or nothing is any more
    while (!done) {
      await pause(700 + 300 * (kills % 3))
      await server.kill()
      kills++
      await pause(150 * (kills % 3))
      await server.start()
    }
    await typing
    const text = await holds(async () => {
      const texts = await Promise.all([...team.map(({ page }) => textOf(page)), server.text(thread)])
      return texts.every((t) => t === texts[0]) && texts[0]
    }, 'both pages and the server agree', 120_000)
    for (const { name, words } of team) assertOnceInOrder(text, words, name)
    assert.equal(text, team.map(({ name, words }) => `${name.toLowerCase()}: ${words.join(' ')}`).join('\n'))
    assert.ok(kills >= 4, `only ${kills} kills`)
    assert.equal(await server.run('cat', thread), text)
    await server.kill()
    assert.match(await server.run('verify', thread), /./)
    world.note(`${kills} kills`)
  },
}
