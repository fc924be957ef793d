// A thread's past: any moment of it, what changed since, and bringing it back.

import assert from 'node:assert/strict'
import { ready, textOf } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'

const slider = (page) => page.getByRole('slider', { name: 'Timeline' })

/** lively is a thread with some steps by two people, in its past a paragraph that is gone. */
async function lively(world) {
  const server = await world.start()
  const thread = await server.open('Lively', 'Ada')
  const [ada, ben] = [await world.robot(thread, 'Ada'), await world.robot(thread, 'Ben')]
  for (let i = 1; i <= 14; i++) {
    const robot = i % 2 ? ada : ben
    const other = i % 2 ? ben : ada
    for (const c of `${robot.user} writes line ${i}\n`) await robot.push({ from: robot.text.length, insert: c })
    if (i === 10) await robot.replace('Ada writes line 3\n', '')
    await other.until(() => other.rev === robot.rev, 'the same revision')
  }
  return { server, thread, ada, ben }
}

export const stories = {
  async 'every moment of the slider is the text that the command prints'(world) {
    const { server, thread, ada } = await lively(world)
    const page = await world.visit(await world.person('Carol'), `/t/${thread}@${ada.rev}`)
    await slider(page).waitFor()
    await eventually(() => textOf(page), ada.string)
    await world.shot(page, 'history')
    await slider(page).focus()
    await page.keyboard.press('Home')
    const steps = Number(await slider(page).getAttribute('max'))
    assert.ok(steps >= 10, `only ${steps} steps`)
    const seen = new Set()
    let rev = String(ada.rev)
    for (let i = 0; i <= steps; i++) {
      await holds(async () => (await slider(page).inputValue()) === String(i), `step ${i}`)
      const before = rev
      await holds(() => { rev = page.url().split('@')[1]; return rev !== before }, `the address of step ${i}, after ${before}`)
      const text = await server.run('cat', `${thread}@${rev}`)
      await eventually(() => textOf(page), text)
      seen.add(rev)
      await page.keyboard.press('ArrowRight')
    }
    assert.equal(seen.size, steps + 1)
    assert.equal([...seen].at(-1), String(ada.rev))
    // The address alone brings one back there.
    const middle = [...seen][Math.floor(steps / 2)]
    await page.goto(page.url().replace(/@.*/, `@${middle}`))
    const text = await server.run('cat', `${thread}@${middle}`)
    await eventually(() => textOf(page), text)
    world.note(`${seen.size} moments`)
  },

  async 'restoring writes one more edit, and what was there before stays in the past'(world) {
    const { server, thread, ada } = await lively(world)
    const head = ada.rev
    const events = await server.get(`/api/threads/${thread}/events?limit=10000`)
    const rev = Math.floor(head / 2)
    const then = await server.run('cat', `${thread}@${rev}`)
    const page = await world.visit(await world.person('Carol'), `/t/${thread}@${rev}`)
    await eventually(() => textOf(page), then)
    await page.getByRole('button', { name: 'Restore' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Nothing is lost').waitFor()
    await world.shot(page, 'restore')
    assert.equal(await server.text(thread), ada.string, 'nothing happens before it is confirmed')
    await dialog.getByRole('button', { name: 'Restore' }).click()
    await ready(page)
    await eventually(() => textOf(page), then)
    assert.equal(await server.text(thread), then)
    const now = await server.get(`/api/threads/${thread}`)
    assert.equal(now.revisions, head + 1, 'one record more')
    assert.equal(await server.run('cat', `${thread}@${head}`), (await fetch(`${server.url}/api/threads/${thread}/text?at=${head}`).then((r) => r.text())))
    const after = await server.get(`/api/threads/${thread}/events?limit=10000`)
    assert.ok(after.startsWith(events), 'the records before it are the same')
    await server.run('verify', thread)
  },

  async 'comparing shows what came and what went, and by whom'(world) {
    const { thread, server } = await lively(world)
    const revs = (await server.get(`/api/threads/${thread}/timeline`)).steps
    const from = revs[7][1]
    const page = await world.visit(await world.person('Carol'), `/t/${thread}@${from}`)
    const then = await server.run('cat', `${thread}@${from}`)
    await eventually(() => textOf(page), then)
    await page.getByRole('button', { name: 'Compare with now' }).click()
    await page.getByText(/What changed from/).first().waitFor()
    await holds(async () => { const t = await page.locator('.cm-content').innerText(); return t.includes('Ada writes line 3') && t.includes('line 14') }, 'what went and what came stand there')
    await page.getByRole('button', { name: 'Next change' }).click()
    await world.shot(page, 'compare')
    await page.getByRole('button', { name: 'End comparison' }).click()
    await page.getByRole('button', { name: 'Compare with now' }).waitFor()
  },

  async 'a moment that never was says so and leads on'(world) {
    const { thread } = await lively(world)
    world.expected.push(/status of 40[04]/)
    const page = await world.visit(await world.person('Carol'), `/t/${thread}@no-such-version`)
    await page.getByRole('heading', { name: 'There is no moment “no-such-version” in “Lively”.' }).waitFor()
    await world.shot(page, 'no-moment')
    await page.getByRole('link', { name: 'Go to the newest moment' }).click()
    await slider(page).waitFor()
    await page.goto(page.url().replace(/@.*/, '@999999'))
    await page.getByRole('heading', { name: 'There is no moment “999999”' }).waitFor()
    await page.goto(page.url().replace(/\/t\/.*/, '/t/01ARZ3NDEKTSV4RRFFQ69G5FAV@3'))
    await page.getByRole('heading', { name: 'This thread does not exist.' }).waitFor()
  },

  async 'a version that was named is found by its name'(world) {
    const { server, thread, ada } = await lively(world)
    const page = await world.visit(await world.person('Carol'), `/t/${thread}`)
    await ready(page)
    await eventually(() => textOf(page), ada.string)
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByText('Name this version…').click()
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('draft-1')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await eventually(async () => (await server.get(`/api/threads/${thread}/versions`)).versions.map((v) => [v.name, v.by]), [['draft-1', 'Carol']])
    await page.goto(page.url().replace(/\/t\/.*/, `/t/${thread}@draft-1`))
    await eventually(() => textOf(page), ada.string)
    await page.getByRole('button', { name: 'Versions' }).click()
    await page.getByText('draft-1').first().waitFor()
  },
}
