// An input method at work in a line while others edit around it. A remote edit
// that touched the composing line's text node would have the browser commit the
// syllable early and write it twice; so it has to wait, and nothing may be lost.

import assert from 'node:assert/strict'
import { content, edit, inputMethod, place, shown, stages, textOf, type } from '../editor.mjs'
import { eventually, holds, pause } from '../eventually.mjs'

const START = 'first line\nabcd\nlast line'

// Ben's edit, found by the syllable s that Alice has under way (as he sees it),
// and what must stand there when she has written 한 and then 글: with s gone only
// what she wrote after that is left.
const cases = {
  'in another line': { to: () => ['first', 'FIRST'], stands: 'FIRST line\nab한글cd\nlast line' },
  'in the same line, elsewhere': { to: () => ['cd', 'cdX'], stands: 'first line\nab한글cdX\nlast line' },
  'just before': { to: (s) => [s, `X${s}`, 0], stands: 'first line\nabX한글cd\nlast line' },
  'just after': { to: (s) => [s, `${s}X`, s.length], stands: 'first line\nab한글Xcd\nlast line' },
  'a line break before': { to: (s) => [s, `\n${s}`, 0], stands: 'first line\nab\n한글cd\nlast line' },
  'a line break after': { to: (s) => [s, `${s}\n`, s.length], stands: 'first line\nab한글\ncd\nlast line' },
  'the neighbour deleted': { to: (s) => [`b${s}`, s], stands: 'first line\na한글cd\nlast line' },
  'the syllable deleted': { to: (s) => [s, ''], stands: 'first line\nab한글cd\nlast line', last: 'first line\nab글cd\nlast line' },
  'the whole line deleted': { to: (s) => [`ab${s}cd\n`, ''], stands: 'first line\n한글last line', last: 'first line\n글last line' },
}

/** remote makes Ben's edit as the smallest change, so that its place is what the case says. */
async function remote(robot, [old, now, at]) {
  const from = robot.string.indexOf(old)
  assert.ok(from >= 0, `${JSON.stringify(old)} in ${JSON.stringify(robot.string)}`)
  if (at !== undefined) return robot.push({ from: from + at, insert: now.replace(old, '') })
  let head = 0
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head++
  let tail = 0
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  await robot.push({ from: from + head, to: from + old.length - tail, insert: now.slice(head, now.length - tail) })
}

async function scene(world, text = START, options = {}) {
  const server = await world.start()
  const thread = await server.open('IME', 'Robot', text)
  const robot = await world.robot(thread, 'Ben')
  const page = await edit(world, await world.person('소라', { locale: 'ko-KR', ...options }), thread)
  await eventually(() => textOf(page), text)
  return { robot, page, ime: await inputMethod(page), server, thread }
}

const WORDS = '한글을 조합하는 동안 남의 글이 끼어들어도 글자가 겹치거나 빠지지 않는다'.replaceAll(' ', '')

/**
 * rain has Ben edit all the while, also right before the caret, until he has done
 * so often enough, and gives what stands without his edits in the end, and what should.
 */
async function rain(world, options) {
  const { robot, page, ime } = await scene(world, 'ab|cd', options)
  await place(page, 3)
  let writing = true
  let n = 0
  const falling = (async () => {
    while (writing) {
      const at = [0, robot.string.indexOf('|'), robot.string.length][n % 3]
      await robot.push({ from: at, insert: 'x'.repeat(1 + (n % 2)) })
      n++
      await pause(10)
    }
  })()
  falling.catch(() => { writing = false })
  let rounds = 0
  do { await ime.syllables(WORDS, 8); rounds++ } while (writing && n <= 20)
  writing = false
  await falling
  let written
  await holds(async () => {
    await pause(200) // what is under way arrives
    written = robot.string.replaceAll('x', '')
    return (await textOf(page)) === robot.string
  }, 'the page shows the log\'s text')
  return { written, wanted: `ab|${WORDS.repeat(rounds)}cd`, n, syllables: rounds * WORDS.length }
}

export const stories = {
  async 'what others do around a syllable under way neither doubles nor loses it'(world) {
    const { robot, page, ime } = await scene(world)
    const wrong = []
    const run = async (name, at, { to, stands, last }) => {
      const wanted = at === '한' && last ? last : stands
      try {
        await robot.push({ from: 0, to: robot.text.length, insert: START })
        await eventually(() => textOf(page), START)
        await place(page, START.indexOf('cd'))
        for (const s of stages('한')) {
          await ime.compose(s)
          if (s !== at) continue
          await eventually(() => robot.string, START.replace('cd', `${s}cd`)) // what is composed is sent on
          await remote(robot, to(s))
          await pause(40) // time enough for it to do harm
          assert.ok((await shown(page)).some((l) => l.includes(s)), `${s} is still seen while it is composed`)
        }
        await ime.commit('한')
        await holds(async () => (await textOf(page)) === robot.string, 'what waited is shown, the syllable being done')
        await ime.syllables('글')
        await eventually(() => robot.string, wanted)
        await eventually(() => textOf(page), wanted)
        await eventually(async () => (await shown(page)).join('\n'), wanted)
      } catch (e) {
        wrong.push(`${name}, at ${at}: wanted ${JSON.stringify(wanted)}, the log has ${JSON.stringify(robot.string)}, the page ${JSON.stringify(await textOf(page))}\n  ${e.message.split('\n').slice(0, 6).join('\n  ')}`)
        await ime.commit('')
      }
    }
    let n = 0
    for (const [name, c] of Object.entries(cases)) for (const at of stages('한')) { await run(name, at, c); n++ }
    assert.ok(wrong.length === 0, `${wrong.length} of ${n} cases:\n${wrong.join('\n')}`)
  },

  async 'syllables written one after the other stay whole under a rain of others\' edits'(world) {
    const { written, wanted, n, syllables } = await rain(world)
    assert.equal(written, wanted)
    world.note(`${n} edits of the other in ${syllables} syllables`)
  },

  async 'control: an editor from the shelf doubles syllables under that rain'(world) {
    for (let tries = 1; ; tries++) { // whether an edit meets a syllable is chance
      const { written, wanted } = await rain(world, { shelf: true })
      if (written.length > wanted.length) return
      assert.ok(tries < 5, `all is well: ${written}`)
    }
  },

  async 'Enter that ends a composition breaks no line, the next one does'(world) {
    const { robot, page, ime } = await scene(world, 'ab')
    await place(page, 2)
    await ime.compose('ㅎ')
    await ime.compose('한')
    const composing = (key) => content(page).evaluate((el, k) => el.dispatchEvent(new KeyboardEvent('keydown', { key: k, keyCode: 229, isComposing: true, bubbles: true, cancelable: true })), key)
    await composing('Enter')
    await ime.commit('한')
    await eventually(() => robot.string, 'ab한')
    await page.keyboard.press('Enter')
    await ime.syllables('글')
    await eventually(() => robot.string, 'ab한\n글')
    await eventually(() => textOf(page), 'ab한\n글')
    await type(page, '!')
    await eventually(() => robot.string, 'ab한\n글!')
  },

  async 'who composes for long sees others\' lines change meanwhile'(world) {
    const { robot, page, ime } = await scene(world)
    await place(page, START.indexOf('cd'))
    await ime.compose('か')
    await ime.compose('かん')
    await eventually(() => robot.string, START.replace('cd', 'かんcd'))
    await remote(robot, ['first', 'FIRST'])
    await remote(robot, ['last line', 'last LINE'])
    await remote(robot, ['かん', 'Xかん', 0]) // this has to wait, and what comes after it with it
    await holds(async () => { const t = await textOf(page); return t.startsWith('FIRST') && t.includes('LINE') }, 'edits elsewhere are shown though the composition goes on')
    assert.ok((await textOf(page)).includes('abかんcd'), 'the composing line is left in peace')
    await ime.compose('漢字')
    await ime.commit('漢字')
    const wanted = 'FIRST line\nabX漢字cd\nlast LINE'
    await eventually(() => robot.string, wanted)
    await eventually(() => textOf(page), wanted)
    await eventually(async () => (await shown(page)).join('\n'), wanted)
  },
}
