// Opens each page about each thread of $PARODYWAVE_URL, whose log has extreme values, in
// both languages: no page may log an error, and each must show its thread. SHOTS names a
// folder for pictures.

import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { browserIsThere, executablePath, launch } from './world.mjs'

if (!browserIsThere()) {
  console.log(`pages: skipped, no browser at ${executablePath}`)
  process.exit(0)
}
const url = process.env.PARODYWAVE_URL
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })

const { threads } = await (await fetch(`${url}/api/threads?cursor=`)).json()
assert(threads.length >= 7, `${threads.length} threads`)
const browser = await launch()
const faults = []
let opened = 0

for (const locale of ['en-GB', 'ko-KR']) {
  const context = await browser.newContext({
    locale, viewport: { width: 1280, height: 800 },
    storageState: { cookies: [], origins: [{ origin: url, localStorage: [{ name: 'parodywave.name', value: 'Alice' }] }] },
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  let where = ''
  page.on('pageerror', (e) => faults.push(`${where}: ${e.stack ?? e}`))
  page.on('console', (m) => { if (m.type() === 'error') faults.push(`${where}: ${m.text()}`) })
  const visit = async (path, shown, name) => {
    where = `${locale} ${path}`
    await page.goto(`${url}${path}`)
    await shown(page)
    if (shots) await page.screenshot({ path: join(shots, `${locale}-${name}.png`) })
    opened++
  }
  await visit('/', async () => {
    await page.locator('.threads li').nth(threads.length - 1).waitFor()
    assert.equal(await page.locator('.threads li').count(), threads.length)
  }, 'inbox')
  await visit('/live', () => page.locator('h1').first().waitFor(), 'live')
  await visit('/deck', () => page.locator('.threads li').nth(threads.length - 1).waitFor(), 'deck')
  for (const { id, rev } of threads) {
    const empty = rev === 1
    await visit(`/t/${id}`, async () => {
      await page.locator('.cm-content').waitFor()
      if (empty) return
      await page.locator('.cm-blame .cm-gutterElement').first().hover()
      await page.locator('.cm-blame .cm-gutterElement').first().click()
      await page.locator('.line-history').first().waitFor()
    }, `editor-${id.slice(-2)}`)
    await visit(`/t/${id}@${rev}`, () => page.locator('.caption').waitFor(), `history-${id.slice(-2)}`)
    await visit(`/t/${id}@${rev}?since=1`, () => page.locator('.comparison').waitFor(), `compare-${id.slice(-2)}`)
    await visit(`/deck#${id}`, async () => { await page.reload(); await page.locator('.lines').waitFor() }, `deck-${id.slice(-2)}`)
  }
  await context.close()
}
await browser.close()
console.log(`${opened} pages were opened`)
assert.deepEqual(faults, [])
