// Every page in its main states, looked at by axe-core in light and in dark, on
// a wide screen and on a phone's.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { content, edit, place, textOf, tryNow, type } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A Look takes pages as they stand and collects what is wrong with them. */
class Look {
  wrong = []
  states = 0

  constructor(world) { this.world = world }

  async at(page, state, schemes = ['light', 'dark']) {
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await still(page)
      if (!await page.evaluate(() => 'axe' in globalThis)) await page.evaluate(source)
      const { violations } = await page.evaluate(() => globalThis.axe.run(document, { preload: false, resultTypes: ['violations'] }))
      this.states++
      for (const v of violations) for (const n of v.nodes) this.wrong.push(`${state}, ${scheme}: ${v.id}: ${n.target.join(' ')}: ${n.failureSummary.split('\n').slice(1).join(' ').trim().slice(0, 300)}`)
      await this.world.shot(page, `axe-${state.replaceAll(' ', '-')}-${scheme}`)
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  }

  done() {
    this.world.note(`${this.states} states looked at`)
    assert.equal(this.wrong.length, 0, `${this.wrong.length} violations:\n${[...new Set(this.wrong)].join('\n')}`)
  }
}

/**
 * still waits until two frames are drawn, so that colours have changed, and until
 * nothing moves any more: a name that fades is no colour. A caret never stops blinking.
 */
async function still(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  await holds(() => page.evaluate(() => document.getAnimations().every((a) => a.playState !== 'running' || a.effect.getComputedTiming().endTime === Infinity)), 'nothing moves')
}

/** written is a thread by two people with a finished line. */
async function written(world) {
  const server = await world.start()
  const thread = await server.open('Weekly minutes.md', 'Ada', '# Minutes\n\nPresent: Ada, Ben\n')
  const ben = await world.robot(thread, 'Ben')
  await ben.push({ from: ben.text.length, insert: '- Ship on **Monday**\n- and rest' })
  ben.send({ type: 'submit', rev: ben.rev, lines: [0, 0] })
  ben.send({ type: 'cursor', rev: ben.rev, ranges: [[2, 8]] })
  return thread
}

export const stories = {
  async 'axe finds nothing on the login, the inbox, /live and /deck'(world) {
    const look = new Look(world)
    const page = await world.visit(await world.person('Alice', { known: false }), '/')
    await look.at(page, 'login')
    await page.getByLabel('Your name').fill('Alice')
    await page.keyboard.press('Enter')
    await page.getByText('No threads yet.').waitFor()
    await look.at(page, 'inbox empty')
    const thread = await written(world)
    await page.getByRole('link', { name: 'Weekly minutes' }).waitFor()
    await look.at(page, 'inbox')
    await page.getByRole('searchbox').fill('nothing like it')
    await look.at(page, 'inbox search')
    await page.getByRole('searchbox').fill('')
    await page.getByRole('button', { name: 'Alice' }).click()
    await page.getByRole('menu').waitFor()
    await look.at(page, 'inbox menu')
    await page.getByRole('menuitem', { name: 'Change your name' }).click()
    await page.getByRole('dialog').waitFor()
    await look.at(page, 'name dialog')
    await page.setViewportSize({ width: 390, height: 800 })
    await page.reload()
    await page.getByRole('link', { name: 'Weekly minutes' }).waitFor()
    await look.at(page, 'inbox narrow')
    const origin = new URL(page.url()).origin
    await page.goto(`${origin}/live`)
    await holds(async () => /^\d/.test(await page.locator('dl dd').nth(2).textContent()), 'numbers are there')
    await look.at(page, 'live narrow')
    await page.setViewportSize({ width: 1280, height: 800 })
    await look.at(page, 'live')
    await page.getByText('The last minute as a table').click()
    await look.at(page, 'live table')
    await page.goto(`${origin}/deck#${thread}`)
    await page.locator('textarea').waitFor()
    await look.at(page, 'deck')
    await page.goto(`${origin}/t/01ARZ3NDEKTSV4RRFFQ69G5FAV`)
    await page.getByText('This thread cannot be opened.').waitFor()
    await look.at(page, 'editor refused')
    look.done()
  },

  async 'axe finds nothing on the editor and what opens over it'(world) {
    const look = new Look(world)
    const thread = await written(world)
    const alice = await world.person('Alice')
    const page = await edit(world, alice, thread)
    await page.locator('.others-caret').first().waitFor()
    await place(page, 1e9)
    await type(page, '\nAlice was here')
    await eventually(async () => (await page.locator('.mark-words').textContent()) === `on disk #${(await world.server.get(`/api/threads/${thread}`)).revisions}`, true)
    await look.at(page, 'editor')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menu').waitFor()
    await look.at(page, 'editor menu')
    await page.getByRole('menuitemcheckbox', { name: 'Preview' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Close the preview' }).waitFor()
    await look.at(page, 'editor preview')
    await page.getByRole('button', { name: 'Close the preview' }).click()
    await page.getByRole('button', { name: 'people here' }).click()
    await look.at(page, 'editor people')
    await page.keyboard.press('Escape')
    await content(page).focus()
    await page.keyboard.press('Alt+h')
    await page.getByRole('region', { name: 'History of the line' }).getByRole('listitem').first().waitFor()
    await look.at(page, 'editor line history')
    await page.keyboard.press('Escape')
    await content(page).focus()
    await page.keyboard.press('Control+f')
    await page.getByRole('textbox', { name: 'Find', exact: true }).waitFor()
    await look.at(page, 'editor find')
    await page.keyboard.press('Escape')
    await page.keyboard.press('F1')
    await page.getByRole('dialog').waitFor()
    await look.at(page, 'editor keys')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByText('Name this version…').click()
    await page.getByRole('dialog').waitFor()
    await look.at(page, 'editor version')
    await page.keyboard.press('Escape')
    alice.proxy.cut()
    await content(page).focus()
    await type(page, ' offline')
    await page.getByRole('button', { name: 'Try now' }).waitFor()
    await look.at(page, 'editor offline')
    await page.setViewportSize({ width: 390, height: 800 })
    await look.at(page, 'editor narrow offline')
    alice.proxy.mend()
    await tryNow(page)
    await page.getByRole('button', { name: 'Try now' }).waitFor({ state: 'detached' })
    await look.at(page, 'editor narrow')
    look.done()
  },

  async 'axe finds nothing on the history'(world) {
    const look = new Look(world)
    const thread = await written(world)
    const page = await world.visit(await world.person('Alice'), `/t/${thread}@2`)
    await page.getByRole('slider').waitFor()
    const then = await world.server.run('cat', `${thread}@2`)
    await eventually(() => textOf(page), then)
    await look.at(page, 'history')
    await page.getByRole('button', { name: 'Compare with now' }).click()
    await page.getByText(/What changed from/).first().waitFor()
    await holds(async () => (await page.locator('.cm-content').innerText()).includes('and rest'), 'what came stands there')
    await look.at(page, 'history compare')
    await page.getByRole('button', { name: 'Restore' }).click()
    await page.getByRole('dialog').waitFor()
    await look.at(page, 'history restore')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Name this version' }).click()
    await page.getByRole('dialog').waitFor()
    await look.at(page, 'history version')
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 390, height: 800 })
    await look.at(page, 'history narrow')
    world.expected.push(/status of 40[04]/)
    await page.goto(page.url().replace(/@.*/, '@nowhere'))
    await page.getByRole('heading', { name: 'There is no moment' }).waitFor()
    await look.at(page, 'history nowhere')
    look.done()
  },

  async 'control: axe notices what is wrong'(world) {
    const look = new Look(world)
    const page = await world.visit(await world.person('Alice'), '/')
    await page.getByRole('searchbox').waitFor()
    await page.evaluate(() => { const b = document.createElement('button'); document.querySelector('main').append(b); document.querySelector('main').append(document.createElement('input')) })
    await look.at(page, 'broken', ['light'])
    assert.ok(look.wrong.some((w) => w.includes('button-name')) && look.wrong.some((w) => w.includes('label')), look.wrong.join('\n'))
  },
}
