// Text that comes back keeps its first author: by undo and redo, by cut and paste, by
// a drag, and with an input method. Ben works in Alice's text.

import assert from 'node:assert/strict'
import { edit, inputMethod, place, ready, textOf } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'

const TEXT = 'Minutes of the meeting\nPresent: Alice\nDecisions\n1. Ship on Monday'

async function scene(world, options = {}) {
  const server = await world.start()
  const thread = await server.open('Minutes', 'Alice', TEXT)
  const ben = await world.person('Ben', options)
  const page = await edit(world, ben, thread)
  await eventually(() => textOf(page), TEXT)
  await place(page, 0)
  return { server, thread, ben, page }
}

/** keys presses keys one after the other. */
const keys = async (page, ...names) => { for (const name of names) await page.keyboard.press(name) }

/** burst presses a key many times at once: keys half a second apart are a step of undo each. */
const burst = (page, key, times) => page.locator('.cm-content').evaluate((e, [key, times]) => {
  for (let i = 0; i < times; i++) e.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
}, [key, times])

/** goes waits until the page and the log have a text. */
async function goes(server, thread, page, text) {
  await eventually(() => textOf(page), text)
  await eventually(async () => /\bdisk\b/.test(await page.locator('.mark').getAttribute('class')), true) // no key is under way
  await eventually(() => server.text(thread), text)
}

/** written are the authors of the characters, and of the lines. */
async function written(server, thread) {
  const { text, blame: { spans, lines, authors } } = await server.get(`/api/threads/${thread}/moment`)
  const runs = []
  let at = 0
  for (const [length, , author] of spans) {
    const { name } = authors[author], piece = text.slice(at, at += length)
    if (runs.at(-1)?.[1] === name) runs.at(-1)[0] += piece
    else runs.push([piece, name])
  }
  return { chars: runs, lines: lines.map(([, author]) => authors[author].name) }
}

/** allAlices asserts that every character and every line is Alice's, here and in the gutter. */
async function allAlices(server, thread, page, text = TEXT) {
  assert.deepEqual(await written(server, thread), { chars: [[text, 'Alice']], lines: text.split('\n').map(() => 'Alice') })
  await eventually(() => page.locator('.cm-blame .blame-name').allTextContents(), ['Alice'])
}

export const stories = {
  async 'everything deleted and undone is its author\'s, and so it is after a redo'(world) {
    const { server, thread, page } = await scene(world)
    await keys(page, 'Control+a', 'Delete')
    await goes(server, thread, page, '')
    await keys(page, 'Control+z')
    await goes(server, thread, page, TEXT)
    await allAlices(server, thread, page)
    await keys(page, 'Control+y')
    await goes(server, thread, page, '')
    await keys(page, 'Control+z', 'Control+y', 'Control+z')
    await goes(server, thread, page, TEXT)
    await allAlices(server, thread, page)
  },

  async 'one undo of many keys brings words back as their author\'s, also where others have written since'(world) {
    const { server, thread, page } = await scene(world)
    const robot = await world.robot(thread, 'Alice')
    await keys(page, 'ArrowDown', 'End')
    await burst(page, 'Backspace', 8)
    const less = TEXT.replace(': Alice\n', '\n').replace('Present', 'Presen')
    await goes(server, thread, page, less)
    await robot.push({ from: 0, insert: '# ' })
    await robot.push({ from: robot.string.length, insert: '!' })
    await goes(server, thread, page, `# ${less}!`)
    await keys(page, 'Control+z')
    await goes(server, thread, page, `# ${TEXT}!`)
    await allAlices(server, thread, page, `# ${TEXT}!`)
  },

  async 'a paragraph that is cut and pasted elsewhere is its author\'s'(world) {
    const { server, thread, page } = await scene(world)
    await keys(page, 'ArrowDown', 'Shift+ArrowDown', 'Control+x')
    await goes(server, thread, page, TEXT.replace('Present: Alice\n', ''))
    await keys(page, 'Control+Home', 'Control+v')
    const moved = `Present: Alice\n${TEXT.replace('Present: Alice\n', '')}`
    await goes(server, thread, page, moved)
    await allAlices(server, thread, page, moved)
    await keys(page, 'Control+z', 'Control+z')
    await goes(server, thread, page, TEXT)
    await allAlices(server, thread, page)
  },

  async 'words that are dragged elsewhere are their author\'s, and one undo takes the drag back'(world) {
    const { server, thread, page } = await scene(world)
    await place(page, TEXT.indexOf('Alice'))
    await keys(page, ...Array(5).fill('Shift+ArrowRight'))
    const boxes = await page.evaluate((text) => {
      const { view } = document.querySelector('.cm-content').cmTile.root
      return [text.indexOf('Alice') + 2, text.indexOf('on Monday')].map((pos) => { const { left, top, bottom } = view.coordsAtPos(pos); return { x: left, y: (top + bottom) / 2 } })
    }, TEXT)
    await page.mouse.move(boxes[0].x, boxes[0].y)
    await page.mouse.down()
    await page.mouse.move(boxes[1].x, boxes[1].y, { steps: 8 })
    await page.mouse.up()
    const dragged = TEXT.replace('Alice', '').replace('on Monday', 'Aliceon Monday')
    await goes(server, thread, page, dragged)
    assert.deepEqual((await written(server, thread)).chars, [[dragged, 'Alice']])
    await keys(page, 'Control+z')
    await goes(server, thread, page, TEXT)
    await allAlices(server, thread, page)
  },

  async 'a word that an input method has composed over comes back as its author\'s'(world) {
    const { server, thread, page } = await scene(world, { locale: 'ko-KR' })
    const ime = await inputMethod(page)
    await place(page, TEXT.indexOf('Alice'))
    await keys(page, ...Array(5).fill('Shift+ArrowRight'))
    await ime.syllables('소라')
    await goes(server, thread, page, TEXT.replace('Alice', '소라'))
    await holds(async () => {
      if (await textOf(page) === TEXT) return true
      await keys(page, 'Control+z')
      return false
    }, 'undone')
    await goes(server, thread, page, TEXT)
    await allAlices(server, thread, page)
  },

  async 'a text that no single edit may bring back, deleted and undone, is its author\'s'(world) {
    const { server, thread, page } = await scene(world)
    const robot = await world.robot(thread, 'Alice')
    const long = Array.from({ length: 20_000 }, (_, i) => `\n${i} 회의에서 안건을 논의했다`).join('')
    for (let at = 0; at < long.length; at += 200_000) await robot.push({ from: robot.string.length, insert: long.slice(at, at + 200_000) })
    await goes(server, thread, page, TEXT + long)
    await keys(page, 'Control+a', 'Delete')
    await goes(server, thread, page, '')
    await holds(async () => (await textOf(page)) === TEXT + long || (await keys(page, 'Control+z'), false), 'undone')
    await goes(server, thread, page, TEXT + long)
    const { chars, lines } = await written(server, thread)
    assert.deepEqual([chars.map(([, name]) => name), [...new Set(lines)]], [['Alice'], ['Alice']])
  },

  async 'after a reload nothing is claimed: what an undo brings back then is new'(world) {
    const { server, thread, ben, page } = await scene(world)
    await keys(page, 'Control+Shift+k')
    const less = TEXT.slice(TEXT.indexOf('\n') + 1)
    await goes(server, thread, page, less)
    await page.reload()
    await ready(page)
    await place(page, 0)
    await keys(page, 'Control+z') // there is nothing to undo
    await goes(server, thread, page, less)
    ben.proxy.dumb()
    await keys(page, 'Control+Shift+k')
    const least = less.slice(less.indexOf('\n') + 1)
    await eventually(() => textOf(page), least)
    await holds(() => page.evaluate(outboxes, thread), 'the edit is on this device')
    await page.reload()
    ben.proxy.mend()
    ben.proxy.drop()
    await ready(page)
    await goes(server, thread, page, least)
    await place(page, 0)
    await keys(page, 'Control+z')
    await goes(server, thread, page, less)
    assert.deepEqual((await written(server, thread)).chars.map(([, name]) => name), ['Ben', 'Alice'])
  },

  async 'no undo brings back what was redacted meanwhile'(world) {
    const server = await world.start()
    const thread = await server.open('Minutes', 'Alice', TEXT)
    const ben = await world.person('Ben')
    let redact, last
    await ben.context.routeWebSocket(/\/ws$/, (ws) => {
      const up = ws.connectToServer()
      up.onMessage((frame) => {
        const m = JSON.parse(frame)
        if (m.type === 'update') last = m
        ws.send(frame)
      })
      // As a server says it, with an edit behind it that the page shows.
      redact = () => {
        const by = { user: 'Alice', author: '00000000000000000000000001', at: Date.now() }
        ws.send(JSON.stringify({ ...last, rev: last.rev + 2, updates: [
          { ...by, rev: last.rev + 1, kind: 'redacted', changes: [TEXT.length] },
          { ...by, rev: last.rev + 2, client: '00000000000000000000000002', seq: 1, changes: [TEXT.length, [0, '!']] },
        ] }))
      }
    })
    const page = await edit(world, ben, thread)
    await place(page, 0)
    await page.keyboard.type('secret ')
    await goes(server, thread, page, `secret ${TEXT}`)
    await keys(page, 'Control+Home', ...Array(7).fill('Delete'))
    await goes(server, thread, page, TEXT)
    await keys(page, 'Control+z')
    await goes(server, thread, page, `secret ${TEXT}`)
    await keys(page, 'Control+y')
    await goes(server, thread, page, TEXT)
    const { rev } = await server.get(`/api/threads/${thread}/moment`)
    await eventually(() => last.rev, rev) // it has come through
    redact()
    await eventually(() => textOf(page), `${TEXT}!`)
    await keys(page, 'Control+z')
    assert.equal(await textOf(page), `${TEXT}!`)
    await page.keyboard.type('x')
    assert.equal(await textOf(page), `x${TEXT}!`)
    await keys(page, 'Control+z')
    assert.equal(await textOf(page), `${TEXT}!`) // what is typed since can be undone
  },
}

/** outboxes, in a page, reports whether edits of a thread are in the browser's store. */
async function outboxes(thread) {
  const asked = (r) => new Promise((done, fail) => { r.onsuccess = () => done(r.result); r.onerror = () => fail(r.error) })
  const db = await asked(indexedDB.open('parodywave'))
  const boxes = await asked(db.transaction('outboxes').objectStore('outboxes').getAll())
  db.close()
  return boxes.some((box) => box.thread === thread && box.pending.length > 0)
}
