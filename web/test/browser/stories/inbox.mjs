// The first page: who comes, what is there, what is new.

import assert from 'node:assert/strict'
import { place, ready, textOf, type } from '../editor.mjs'
import { eventually, holds, pause } from '../eventually.mjs'

const link = (page, title) => page.getByRole('list', { name: /^(Threads|글 목록)$/ }).getByRole('link', { name: title })
const field = (page) => page.getByRole('searchbox')
/** description is all that a row says, also what only a screen reader says. */
const description = (page, title) => link(page, title).evaluate((a) => {
  const described = a.getAttribute('aria-describedby')?.split(' ').map((id) => document.getElementById(id)?.textContent ?? '') ?? []
  return [a.closest('li').textContent, ...described].join(' ')
})

/** says waits until a row says what is wanted. */
const says = (page, title, wanted) => eventually(async () => { const d = await description(page, title); return wanted.test(d) ? String(wanted) : d }, String(wanted))

export const stories = {
  async 'a first visit asks for a name once, an empty inbox says what to do, and Enter starts a thread'(world) {
    const alice = await world.person('Alice', { known: false })
    const page = await world.visit(alice, '/')
    await world.shot(page, 'login')
    await page.getByRole('button', { name: 'Enter' }).click()
    await page.getByRole('alert').filter({ hasText: 'Please enter a name.' }).waitFor()
    await page.getByLabel('Your name').fill('  Alice ')
    await page.keyboard.press('Enter')
    await page.getByText('No threads yet.').waitFor()
    await world.shot(page, 'inbox-empty')
    await field(page).fill('Weekly minutes')
    await page.keyboard.press('Enter')
    await ready(page)
    await page.waitForURL(/\/t\/[0-9A-Z]{26}$/)
    await type(page, 'Present: everybody')
    const id = page.url().slice(-26)
    await eventually(() => world.server.text(id), 'Present: everybody')
    assert.equal((await world.server.get(`/api/threads/${id}`)).opened_by, 'Alice')
    await page.goto(`${alice.url}/`)
    await link(page, 'Weekly minutes').waitFor()
  },

  async 'threads appear and change live, with the people there and typing; search finds them'(world) {
    const server = await world.start()
    await server.open('Incident', 'Robot', 'root cause: a cable\nand more')
    const reader = await world.person('Alice')
    const inbox = await world.visit(reader, '/')
    await link(inbox, 'Incident').waitFor()
    const id = await server.open('Weekly minutes', 'Robot', 'old')
    await link(inbox, 'Weekly minutes').waitFor()
    await says(inbox, 'Weekly minutes', /New to you/)

    await link(inbox, 'Weekly minutes').click()
    await ready(inbox)
    await eventually(() => textOf(inbox), 'old')
    const { revisions } = await server.get(`/api/threads/${id}`)
    await eventually(() => inbox.evaluate((key) => localStorage.getItem(key), `parodywave.seen.${id}`), String(revisions)) // looked at, and not only passed by
    await inbox.goBack()
    await says(inbox, 'Weekly minutes', /Nothing new/)

    const robot = await world.robot(id, 'Ben')
    await says(inbox, 'Weekly minutes', /Here now: Ben/)
    let n = 0
    let noticed = false
    const typing = (async () => { while (!noticed || n < 20) { await robot.push({ from: 0, insert: `${n++} ` }); await pause(100) } })()
    typing.catch(() => {}) // it is awaited below, or nothing is any more
    await says(inbox, 'Weekly minutes', /Changed since you last looked.*Typing: Ben/s)
    await world.shot(inbox, 'inbox')
    noticed = true
    await typing
    await holds(async () => (await inbox.getByText(`“${n - 1} ${n - 2} ${n - 3}`).count()) > 0, 'the last changed line is shown')
    robot.leave()
    await says(inbox, 'Weekly minutes', /^(?!.*Here now: Ben)/s)

    await field(inbox).fill('incid')
    await link(inbox, 'Weekly minutes').waitFor({ state: 'detached' })
    await link(inbox, 'Incident').waitFor()
    await field(inbox).fill('no such thing')
    await inbox.getByText('No thread is called “no such thing”.').waitFor()
    await field(inbox).fill('Incident')
    await inbox.keyboard.press('Enter')
    await ready(inbox)
    await eventually(() => textOf(inbox), 'root cause: a cable\nand more')
  },

  async 'a link to a thread keeps its goal through the login'(world) {
    const server = await world.start()
    const id = await server.open('Linked', 'Robot', 'the goal')
    const page = await world.visit(await world.person('Ben', { known: false }), `/t/${id}`)
    await page.getByLabel('Your name').fill('Ben')
    await page.getByRole('button', { name: 'Enter' }).click()
    await ready(page)
    await eventually(() => textOf(page), 'the goal')
    await place(page, 0)
    await type(page, 'Ben: ')
    await eventually(() => server.text(id), 'Ben: the goal')
    assert.equal((await server.get(`/api/threads/${id}/blame`)).lines[0].author, 'Ben')
    await page.reload()
    await ready(page)
    await eventually(() => textOf(page), 'Ben: the goal')
  },

  async 'a Korean browser gets Korean pages, and a Korean name is a name'(world) {
    const server = await world.start()
    const sora = await world.person('소라', { known: false, locale: 'ko-KR' })
    const page = await world.visit(sora, '/')
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'ko')
    await page.getByLabel('대화명을 입력해 주십시오.').fill('소라')
    await world.shot(page, 'login-ko')
    await page.getByRole('button', { name: '로그인' }).click()
    await page.getByText('아직 글이 없어요.').waitFor()
    await field(page).fill('주간 회의')
    await page.keyboard.press('Enter')
    await ready(page)
    await type(page, '참석: 소라')
    const id = page.url().slice(-26)
    await eventually(() => server.text(id), '참석: 소라')
    await world.shot(page, 'editor-ko')
    assert.equal((await server.get(`/api/threads/${id}/blame`)).lines[0].author, '소라')
    await page.goto(`${sora.url}/`)
    await link(page, '주간 회의').waitFor()
    await world.shot(page, 'inbox-ko')
    for (const path of ['/', `/t/${id}`, `/t/${id}@1`, '/live']) {
      await page.goto(`${sora.url}${path}`)
      await holds(async () => /[가-힣]/.test((await page.evaluate(() => document.body.innerText)).replaceAll(/소라|주간 회의|참석/g, '')), `${path} says something in Korean`)
    }
  },
}
