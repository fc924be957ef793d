// Who wrote which line: as the page shows it, as the API and the command say it.

import assert from 'node:assert/strict'
import { content, edit, place, textOf, type } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'

/** gutter gives, for each line in sight, whose it is: a run's first line names them. */
const gutter = (page) => page.locator('.cm-blame .cm-gutterElement').evaluateAll((all) => {
  let name = ''
  const seen = all.filter((e) => e.getBoundingClientRect().height > 0)
  return seen.map((e) => { name = e.querySelector('.blame-name')?.textContent || (e.querySelector('.blame') ? name : ''); return name })
})
/** tick is the sign of a finished line. Screen readers pass the gutter over; the card says it to them. */
const tick = (page) => page.locator('.cm-blame [aria-label=finished]')
const blamed = async (server, thread) => (await server.get(`/api/threads/${thread}/blame`)).lines.map((l) => l.author)
/** rowsOf gives the author of each line as the server tells editors: a last empty line is one, which the API and the command leave out, as git does. */
async function rowsOf(world, thread) {
  const robot = await world.robot(thread, 'Robot')
  robot.leave()
  const rows = robot.blame.lines.map(([, author]) => robot.blame.authors[author].name)
  assert.deepEqual(await blamed(world.server, thread), robot.string.endsWith('\n') ? rows.slice(0, -1) : rows)
  return rows
}
const commanded = async (server, thread) => (await server.run('blame', '--json', thread)).trim().split('\n').map((l) => JSON.parse(l))

/** keys presses keys one after the other. */
const keys = async (page, names) => { for (const name of names) await page.keyboard.press(name) }

/** minutes is a thread that three people have written in. */
async function minutes(world) {
  const server = await world.start()
  const thread = await server.open('Minutes', 'Alice')
  const pages = {}
  for (const name of ['Alice', 'Ben', '소라']) pages[name] = await edit(world, await world.person(name), thread)
  await type(pages.Alice, 'Minutes of the weekly meeting\nPresent: Alice\nDecisions')
  await eventually(() => textOf(pages.Ben), 'Minutes of the weekly meeting\nPresent: Alice\nDecisions')
  await place(pages.Ben, 1e9)
  await type(pages.Ben, '\n1. Ship on Monday')
  await eventually(async () => (await textOf(pages['소라'])).endsWith('Monday'), true)
  await place(pages['소라'], 'Minutes of the weekly meeting\nPresent: Alice'.length)
  await type(pages['소라'], ', 소라')
  const text = 'Minutes of the weekly meeting\nPresent: Alice, 소라\nDecisions\n1. Ship on Monday'
  for (const page of Object.values(pages)) await eventually(() => textOf(page), text)
  await eventually(() => server.text(thread), text)
  return { server, thread, ...pages }
}

export const stories = {
  async 'the gutter names whom the API and the command name, also after a reload and while it is edited'(world) {
    const { server, thread, Alice, Ben } = await minutes(world)
    const wanted = ['Alice', '소라', 'Alice', 'Ben']
    for (const page of [Alice, Ben]) await eventually(() => gutter(page), wanted)
    assert.deepEqual(await blamed(server, thread), wanted)
    const rows = await commanded(server, thread)
    assert.deepEqual(rows.map((r) => r.author), wanted)
    assert.deepEqual(rows.map((r) => r.text).join('\n'), await server.text(thread))

    // Ben splits Alice's first line and joins two others, and deletes one.
    await place(Ben, 'Minutes of '.length)
    await type(Ben, '\n')
    await Ben.keyboard.press('Control+End')
    await type(Ben, '\nlast')
    await eventually(() => server.text(thread), 'Minutes of \nthe weekly meeting\nPresent: Alice, 소라\nDecisions\n1. Ship on Monday\nlast')
    const now = await blamed(server, thread)
    for (const page of [Alice, Ben]) await eventually(() => gutter(page), now)
    assert.deepEqual((await commanded(server, thread)).map((r) => r.author), now)
    await Alice.reload()
    await eventually(() => gutter(Alice), now)
    await world.shot(Alice, 'editor')
  },

  async 'the gutter is what blame says after two people typed at once, broke, moved, joined, pasted and took back lines'(world) {
    const { server, thread, Alice, Ben } = await minutes(world)
    const key = (page, name, times = 1) => keys(page, Array(times).fill(name))
    const at = async (page, line) => { await key(page, 'Control+Home'); await key(page, 'ArrowDown', line) }
    const rounds = [
      [async () => { await at(Alice, 0); await key(Alice, 'ArrowRight', 7); await key(Alice, 'Enter') }, async () => { await at(Ben, 3); await type(Ben, 'x') }],
      [async () => { await at(Alice, 2); await key(Alice, 'Alt+ArrowUp', 2) }, async () => { await key(Ben, 'Control+End'); await type(Ben, '\nBen was here') }],
      [async () => { await at(Ben, 1); await key(Ben, 'Alt+ArrowDown') }, async () => { await at(Alice, 4); await key(Alice, 'End'); await type(Alice, '!') }],
      [async () => { await at(Ben, 1); await key(Ben, 'Delete') }, async () => { await at(Alice, 3); await key(Alice, 'Backspace') }],
      [async () => { await at(Alice, 2); await Alice.evaluate(() => navigator.clipboard.writeText('one\ntwo\nthree\n')); await key(Alice, 'Control+v') }, async () => { await at(Ben, 0); await key(Ben, 'Control+Shift+k') }],
      [async () => { await key(Alice, 'Control+z', 3) }, async () => { await key(Ben, 'Control+z', 2) }],
      [async () => { await key(Ben, 'Control+a'); await type(Ben, 'all new\ntext') }, async () => { await key(Alice, 'Control+End'); await type(Alice, '\nand mine') }],
      [async () => { await key(Ben, 'Control+z') }, async () => { await key(Alice, 'Control+z') }],
      [async () => { await key(Ben, 'Control+End'); await type(Ben, '\n') }, async () => { await at(Alice, 0); await type(Alice, 'x') }],
    ]
    for (const [i, round] of rounds.entries()) {
      await Promise.all(round.map((f) => f()))
      await holds(async () => (await textOf(Alice)) === await server.text(thread) && (await textOf(Ben)) === await server.text(thread), `both read what the server has after round ${i}`)
      const wanted = await rowsOf(world, thread)
      for (const page of [Alice, Ben]) await eventually(() => gutter(page), wanted)
    }
    assert.match(await server.text(thread), /\n$/) // a last empty line was among the rows
  },

  async 'resting on the gutter says who wrote the words, a click tells the line\'s history back to its birth'(world) {
    const { Alice, server, thread } = await minutes(world)
    await eventually(async () => (await gutter(Alice)).length, 4)
    const label = Alice.locator('.cm-blame .cm-gutterElement', { hasText: '소라' }).first()
    await label.hover()
    const card = Alice.getByRole('tooltip', { name: 'Who wrote line 2' })
    await card.waitFor()
    await eventually(async () => /소라/.test(await card.textContent()) && /Alice/.test(await card.textContent()), true)
    await holds(async () => /was: .*Present: Alice/s.test(await card.textContent()), 'the card says what was there before')
    await world.shot(Alice, 'blame-card')
    await label.click()
    const panel = Alice.getByRole('region', { name: 'History of the line' })
    await panel.waitFor()
    await eventually(() => panel.getByRole('listitem').count(), 2)
    const [newest, oldest] = await panel.getByRole('listitem').allTextContents()
    assert.match(newest, /소라.*, 소라/s)
    assert.match(oldest, /Alice.*Present: Alice/s)
    assert.match(oldest, /new line|split/)
    await world.shot(Alice, 'line-history')
    // Its moments lead to the text of that time.
    const link = panel.getByRole('listitem').last().getByRole('link')
    const rev = (await link.getAttribute('href')).split('@')[1]
    const then = await server.text(`${thread}`).then(() => server.run('cat', `${thread}@${rev}`))
    assert.ok(then.includes('Present: Alice') && !then.includes('소라'), then)
    await Alice.keyboard.press('Escape')
    await panel.getByRole('button', { name: 'Close' }).click({ timeout: 500 }).catch(() => {}) // where Escape has closed it already
    await panel.waitFor({ state: 'detached' })
  },

  async 'a finished line is marked for everybody'(world) {
    const { server, thread, Alice, Ben } = await minutes(world)
    await place(Alice, 3)
    await Alice.keyboard.press('Control+Enter')
    for (const page of [Alice, Ben]) await tick(page).waitFor()
    await eventually(async () => (await commanded(server, thread)).map((r) => r.submitted), [true, false, false, false])
    await place(Ben, 3)
    await type(Ben, '!')
    await eventually(async () => (await commanded(server, thread))[0].author, 'Ben')
    const finished = (await commanded(server, thread))[0].submitted
    for (const page of [Alice, Ben]) await eventually(() => tick(page).count(), finished ? 1 : 0)
  },

  async 'where lines were deleted a mark says which and by whom, live, after the server has said so, and after a reload'(world) {
    const server = await world.start()
    const thread = await server.open('Deleted', 'Robot', 'one\ntwo\nthree\nfour\nfive')
    const Ben = await edit(world, await world.person('Ben'), thread)
    const Alice = await edit(world, await world.person('Alice', { locale: 'ko-KR', width: 400 }), thread)
    const asked = Alice.waitForResponse((r) => r.url().includes('/deletions?'))
    const marks = (page) => page.locator('.cm-blame .cm-gutterElement').evaluateAll((all) => all.filter((e) => e.getBoundingClientRect().height > 0)
      .flatMap((e, line) => [...e.querySelectorAll('.blame-gap')].map((m) => [line, m.classList[1], m.title.split('\n').slice(1).join('/'), m.title.split('\n')[0].replace(/, [^,]*$/, '')])))
    const at = async (line) => { await keys(Ben, ['Control+Home', ...Array(line).fill('ArrowDown')]) }
    // In the first seconds of her visit, and in three ways.
    await content(Ben).focus()
    await at(1)
    await Ben.keyboard.press('Control+Shift+k')
    await at(2)
    await keys(Ben, ['End', ...Array(5).fill('Backspace')])
    await eventually(() => server.text(thread), 'one\nthree\nfive')
    const en = [[1, 'above', 'was: two', '1 line deleted here, Ben'], [2, 'above', 'was: four', '1 line deleted here, Ben']]
    const ko = [[1, 'above', '이전: two', '여기에서 1줄 삭제됨, Ben'], [2, 'above', '이전: four', '여기에서 1줄 삭제됨, Ben']]
    await eventually(async () => (await marks(Alice)).map(([, , , text]) => text.replace(/, 20.*$/, '')), ko.map(([, , , text]) => text))
    const shape = async (page) => (await marks(page)).map(([line, where, words]) => [line, where, words])
    const wanted = (of) => of.map(([line, where, words]) => [line, where, words])
    await eventually(() => shape(Alice), wanted(ko))
    await eventually(() => shape(Ben), wanted(en))
    await asked
    await Alice.waitForTimeout(300) // the answer is in
    assert.deepEqual(await shape(Alice), wanted(ko))
    await at(2)
    await keys(Ben, ['Shift+Control+End', 'Backspace', 'Backspace'])
    await eventually(() => server.text(thread), 'one\nthree')
    const last = [...ko.slice(0, 1), [1, 'below', '이전: four/five', '']]
    await eventually(() => shape(Alice), wanted(last))
    await world.shot(Alice, 'blame-gaps-narrow-ko')
    await Alice.reload()
    await eventually(() => shape(Alice), wanted(last))
    // The card says them to everybody.
    await place(Alice, 5)
    await Alice.keyboard.press('Alt+i')
    const card = Alice.getByRole('dialog')
    await holds(async () => /위에서 1줄 삭제됨, Ben.*이전: two.*아래에서 2줄 삭제됨, Ben.*이전: four\nfive/s.test(await card.textContent()), 'the card says what was deleted')
    await world.shot(Alice, 'blame-gaps-card-ko')
    // A line that is back has none.
    await keys(Ben, ['Control+Home', 'End'])
    await type(Ben, '\ntwo')
    await eventually(() => shape(Alice), [[2, 'below', '이전: four/five']])
    await Alice.reload()
    await eventually(() => shape(Alice), [[2, 'below', '이전: four/five']])
    await world.shot(Ben, 'blame-gaps')
  },
}
