// Drives the built page in a real browser: two people and a third, typing, an
// input method, a cable pulled. Against PARODYWAVE_URL, or a
// mock server in memory. SHOTS names a folder for pictures; CHROMIUM the browser.

import { mkdtempSync, mkdirSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { Mock } from './mock.mjs'
import { Proxy } from '../proxy.mjs'
import { stories } from './stories.mjs'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
if (!existsSync(executablePath)) {
  console.log(`page: skipped, no browser at ${executablePath}`)
  process.exit(0)
}
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

let mock = null
let target = process.env.PARODYWAVE_URL
if (!target) {
  mock = new Mock()
  target = await mock.start()
}
const proxy = new Proxy(target)
const url = await proxy.start()
const home = mkdtempSync(join(tmpdir(), 'page-'))
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })

const browser = await chromium.launchPersistentContext(home, { executablePath, headless: true, args: flags, locale: 'en-GB', timeout: 120_000 })
const contexts = []
const faults = []

/** person opens a window of its own, with its own storage and language. */
async function person(name, { locale = 'en-GB', hash = '', before, ...options } = {}) {
  const context = await browser.browser().newContext({ locale, viewport: { width: 1080, height: 720 }, ...options })
  context.setDefaultTimeout(60_000)
  contexts.push(context)
  const page = await context.newPage()
  page.on('pageerror', (e) => faults.push(`${name}: ${e.stack}`))
  page.on('console', (m) => {
    // The browser itself reports a refused connection; that is the cable.
    if (['error', 'warning'].includes(m.type()) && !/WebSocket connection to .* failed|ERR_/.test(m.text())) faults.push(`${name}: ${m.text()}`)
  })
  page.on('request', (r) => { if (new URL(r.url()).host !== new URL(url).host) faults.push(`${name}: asked ${r.url()}`) })
  await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)))
  if (before) await page.addInitScript(before)
  const answer = await page.goto(`${url}/deck${hash}`)
  if (!answer.headers()['content-security-policy']?.includes("default-src 'none'")) faults.push(`${name}: no policy`)
  if (name) await page.locator('[name=name]').fill(name)
  if (name) await page.keyboard.press('Enter')
  return page
}
const shot = async (page, name) => { if (shots) await page.screenshot({ path: join(shots, `${name}.png`) }) }

let failed = 0
const only = process.argv[2]
for (const [name, story] of Object.entries(stories)) {
  if (only && !name.includes(only)) continue
  if (story.needsMock && !mock) { console.log(`skip ${name} (needs the mock)`); continue }
  const start = Date.now()
  try {
    await story({ person, proxy, mock, shot, url })
    if (faults.length) throw new Error(faults.join('\n'))
    console.log(`ok   ${name} (${Date.now() - start} ms)`)
  } catch (e) {
    failed++
    console.log(`FAIL ${name}\n${e.stack}`)
  }
  faults.length = 0
  proxy.mend()
  if (mock) mock.refuse = null
  await Promise.all(contexts.splice(0).map((c) => c.close()))
}
await browser.close()
proxy.stop()
mock?.stop()
rmSync(home, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
