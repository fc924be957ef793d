// Edits that no frame could carry, and servers that do not have the text: nothing that
// is in sight is lost.

import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { edit, paste, place, textOf } from '../editor.mjs'
import { eventually, holds } from '../eventually.mjs'
import { root } from '../server.mjs'

const LINES = 27_500
const TEXT = Array.from({ length: LINES }, () => '1234,56,7,a,b').join('\n')

const onDisk = (page) => eventually(async () => /\bdisk\b/.test(await page.locator('.mark').getAttribute('class')), true, 120_000)

export const stories = {
  async 'a replacement in each of 27,500 lines is saved, and so are its undo and what is typed after it'(world) {
    const server = await world.start()
    const thread = await server.open('Table', 'Alice', TEXT)
    const page = await edit(world, await world.person('Ben'), thread)
    await eventually(() => textOf(page), TEXT)
    await place(page, 0)
    await page.keyboard.press('Control+f')
    await page.locator('.cm-search input[name=search]').fill(',')
    await page.locator('.cm-search input[name=replace]').fill(';')
    await page.locator('.cm-search button[name=replaceAll]').click()
    await onDisk(page)
    assert.equal(await server.text(thread), TEXT.replaceAll(',', ';'))
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+z')
    await eventually(() => textOf(page), TEXT)
    await onDisk(page)
    assert.equal(await server.text(thread), TEXT)
    await place(page, 0)
    await page.keyboard.type('typed after it')
    await paste(page, 'a\n'.repeat(60_000))
    await onDisk(page)
    assert.equal(await server.text(thread), `typed after it${'a\n'.repeat(60_000)}${TEXT}`)
  },

  async 'all of a long text deleted and brought back by one undo is its author\'s'(world) {
    const server = await world.start()
    const thread = await server.open('Table', 'Alice', TEXT)
    const page = await edit(world, await world.person('Ben'), thread)
    await eventually(() => textOf(page), TEXT)
    await place(page, 0)
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await onDisk(page)
    assert.equal(await server.text(thread), '')
    await page.keyboard.press('Control+z')
    await eventually(() => textOf(page), TEXT)
    await onDisk(page)
    const { text, blame: { spans, authors } } = await server.get(`/api/threads/${thread}/moment`)
    assert.equal(text, TEXT)
    assert.deepEqual([...new Set(spans.map(([, , author]) => authors[author].name))], ['Alice'])
  },

  async 'a server that is started on another log for a moment takes nothing from the page'(world) {
    const server = await world.start()
    world.expected = [/404 \(Not Found\)/]
    const thread = await server.open('회의록', 'Alice', '첫 줄\n둘째 줄')
    const page = await edit(world, await world.person('지민', { locale: 'ko-KR', width: 360, height: 640 }), thread)
    const wide = await edit(world, await world.person('Ben'), thread)
    await eventually(() => textOf(page), '첫 줄\n둘째 줄')
    const right = server.data
    await server.kill()
    server.data = mkdtempSync(join(root, 'wrong-'))
    await server.start()
    await page.getByText('지금 서버에 이 글이 없어요').waitFor()
    await wide.getByText('The server does not know this thread now').waitFor()
    await place(page, 0)
    await page.keyboard.type('A')
    assert.equal(await textOf(page), 'A첫 줄\n둘째 줄')
    await holds(async () => /\bwaiting\b/.test(await page.locator('.mark').getAttribute('class')), 'the mark says that the edit waits')
    await world.shot(page, 'unknown-ko')
    await world.shot(wide, 'unknown')
    const saved = wide.waitForEvent('download')
    await wide.getByRole('button', { name: 'Download as text' }).click()
    assert.equal((await saved).suggestedFilename(), '회의록.txt')
    await wide.getByRole('button', { name: 'Copy the text' }).click()
    await eventually(() => wide.evaluate(() => navigator.clipboard.readText()), '첫 줄\n둘째 줄')
    await server.kill()
    server.data = right
    await server.start()
    await eventually(() => server.text(thread), 'A첫 줄\n둘째 줄')
    await eventually(() => textOf(wide), 'A첫 줄\n둘째 줄')
    assert.equal(await page.getByText('지금 서버에 이 글이 없어요').count(), 0)
  },
}
