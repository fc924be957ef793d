// The costs of the pages, measured on the real server and printed as a table. It is a
// script and not a test, since figures depend on the machine.
//
//   PARODYWAVE_BIN=… node test/browser/figures.mjs
//
// The long thread is a recorded trace of 259,778 keystrokes (PARODYWAVE_TRACES,
// or ../shared/traces beside the checkout), typed by three people in turn; the
// tall one has 20,000 lines. Times are of the pages' own clocks, in ms: from a
// keydown to the end of the frame that shows it.

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { place, ready } from './editor.mjs'
import { pause } from './eventually.mjs'
import { Robot } from './robot.mjs'
import { Server } from './server.mjs'
import { launch } from './world.mjs'

const rows = []
const row = (what, value, unit) => { rows.push([what, value, unit]); console.log(`${what.padEnd(66)} ${String(value).padStart(10)} ${unit}`) }
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))]
const ms = (n) => n.toFixed(1)

const server = await new Server().start()
const browser = await launch()

async function person(name) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 },
    storageState: { cookies: [], origins: [{ origin: server.url, localStorage: [{ name: 'parodywave.name', value: name }] }] } })
  return context.newPage()
}

/** strokes are a trace's patches: [position, deleted, inserted], each in the text after those before. */
function strokes() {
  const dir = process.env.PARODYWAVE_TRACES ?? fileURLToPath(new URL('../../../../shared/traces', import.meta.url))
  const path = `${dir}/automerge-paper.json.gz`
  if (!existsSync(path)) return null
  const trace = JSON.parse(gunzipSync(readFileSync(path)))
  return trace.txns.flatMap((t) => t.patches)
}

async function longThread(patches) {
  const thread = await server.open('The paper', 'Ada')
  const team = await Promise.all(['Ada', 'Ben', 'Cleo'].map((n) => Robot.join(server.url, thread, n, { light: true })))
  for (let i = 0, turn = 0; i < patches.length; turn++) {
    const robot = team[turn % 3]
    const chunk = patches.slice(i, i += 997)
    const rev = team[0].rev + chunk.length
    await robot.push(...chunk.map(([from, deleted, insert]) => ({ from, to: from + deleted, insert })))
    await Promise.all(team.map((r) => r.until(() => r.rev >= rev, `revision ${rev}`, 30_000)))
  }
  for (const r of team) r.leave()
  return thread
}

async function tallThread() {
  const thread = await server.open('Tall', 'Ada')
  const robot = await Robot.join(server.url, thread, 'Ada', { light: true })
  for (let from = 1; from <= 20_000; from += 1000) {
    const lines = Array.from({ length: 1000 }, (_, i) => `line ${from + i}: the quick brown fox jumps over the lazy dog`)
    await robot.push({ from: robot.text.length, insert: `${lines.join('\n')}\n` })
  }
  robot.leave()
  return thread
}

/** weigh counts the bytes of a page that cross the wire until it is loaded. */
async function weigh(name, path) {
  const page = await person('Weigher')
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  const kinds = new Map()
  const sums = { Script: 0, Stylesheet: 0 }
  cdp.on('Network.responseReceived', (e) => kinds.set(e.requestId, e.type))
  cdp.on('Network.loadingFinished', (e) => { const k = kinds.get(e.requestId); if (k in sums) sums[k] += e.encodedDataLength })
  await page.goto(`${server.url}${path}`)
  await page.waitForLoadState('load')
  row(`${name}: scripts until loaded, compressed`, (sums.Script / 1024).toFixed(1), 'KiB')
  await pause(1500)
  row(`${name}: scripts and styles 1.5 s later, compressed`, ((sums.Script + sums.Stylesheet) / 1024).toFixed(1), 'KiB')
  await page.context().close()
}

async function firstText(name, thread) {
  const times = []
  for (let i = 0; i < 5; i++) {
    const page = await person('Reader')
    await page.addInitScript(() => {
      const seen = new MutationObserver(() => {
        if (!document.querySelector('.cm-line')?.textContent || globalThis.firstText) return
        globalThis.firstText = -1
        requestAnimationFrame(() => setTimeout(() => { globalThis.firstText = performance.now() }))
      })
      seen.observe(document, { subtree: true, childList: true, characterData: true })
    })
    await page.goto(`${server.url}/t/${thread}`)
    await page.waitForFunction(() => globalThis.firstText > 0, null, { timeout: 60_000 })
    times.push(await page.evaluate(() => globalThis.firstText))
    await page.context().close()
  }
  row(`${name}: navigation to first text, median of 5`, ms(quantile(times, 0.5)), 'ms')
  row(`${name}: the slowest of them`, ms(Math.max(...times)), 'ms')
}

/** typing measures keydowns in a page to the end of the frame that shows them. */
async function typing(name, thread) {
  const page = await person('Writer')
  await page.goto(`${server.url}/t/${thread}`)
  await ready(page)
  const length = await page.evaluate(() => document.querySelector('.cm-content').cmTile.root.view.state.doc.length)
  await place(page, Math.floor(length / 2))
  await pause(500)
  await page.evaluate(() => {
    globalThis.strokes = []
    globalThis.work = []
    addEventListener('keydown', (e) => {
      const start = e.timeStamp
      requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => globalThis.strokes.push(performance.now() - start); port2.postMessage(0) })
    }, true)
    new PerformanceObserver((list) => { for (const e of list.getEntries()) if (['keydown', 'beforeinput', 'input'].includes(e.name)) globalThis.work.push(e.duration) })
      .observe({ type: 'event', durationThreshold: 16 })
  })
  for (let i = 0; i < 200; i++) { await page.keyboard.press('abcdefgh '[i % 9]); await pause(25 + (i % 7) * 3) }
  await pause(300)
  const [times, slow] = await page.evaluate(() => [globalThis.strokes, globalThis.work])
  row(`${name}: keydown to painted, p50 of ${times.length}`, ms(quantile(times, 0.5)), 'ms')
  row(`${name}: keydown to painted, p95`, ms(quantile(times, 0.95)), 'ms')
  row(`${name}: the longest input event that the browser reports`, slow.length ? Math.max(...slow) : '< 16', 'ms')
  await page.context().close()
}

async function between() {
  const thread = await server.open('Two', 'Ada')
  const [a, b] = await Promise.all([person('Ada'), person('Ben')])
  for (const page of [a, b]) { await page.goto(`${server.url}/t/${thread}`); await ready(page) }
  await place(a, 0)
  await a.evaluate(() => { addEventListener('keydown', (e) => { globalThis.struck = performance.timeOrigin + e.timeStamp }, true) })
  await b.evaluate(() => {
    const { view } = document.querySelector('.cm-content').cmTile.root
    let length = view.state.doc.length
    new MutationObserver(() => {
      if (view.state.doc.length === length) return
      length = view.state.doc.length
      requestAnimationFrame(() => { const { port1, port2 } = new MessageChannel(); port1.onmessage = () => { globalThis.painted = [length, performance.timeOrigin + performance.now()] }; port2.postMessage(0) })
    }).observe(document.querySelector('.cm-content'), { subtree: true, childList: true, characterData: true })
  })
  const times = []
  for (let i = 1; i <= 300; i++) {
    await a.keyboard.press('abcdefgh '[i % 9])
    await b.waitForFunction((n) => globalThis.painted?.[0] >= n, i, { polling: 5 })
    times.push((await b.evaluate(() => globalThis.painted[1])) - (await a.evaluate(() => globalThis.struck)))
    await pause(10 + (i % 13))
  }
  row('two pages: keydown here to painted there, p50 of 300', ms(quantile(times, 0.5)), 'ms')
  row('two pages: keydown here to painted there, p99', ms(quantile(times, 0.99)), 'ms')
  await a.context().close()
  await b.context().close()
}

async function scrolling(name, thread) {
  const page = await person('Scroller')
  await page.goto(`${server.url}/t/${thread}`)
  await ready(page)
  await pause(500)
  await page.evaluate(() => {
    globalThis.frames = []
    let last = performance.now()
    const frame = (now) => { globalThis.frames.push(now - last); last = now; requestAnimationFrame(frame) }
    requestAnimationFrame(frame)
  })
  await page.mouse.move(640, 400)
  for (let i = 0; i < 150; i++) { await page.mouse.wheel(0, i < 100 ? 400 : 4000); await pause(12) }
  const frames = (await page.evaluate(() => globalThis.frames)).slice(2)
  row(`${name}: scrolling, longest of ${frames.length} frames`, ms(Math.max(...frames)), 'ms')
  row(`${name}: scrolling, frames over 33 ms`, ((100 * frames.filter((f) => f > 33.4).length) / frames.length).toFixed(1), '%')
  await page.context().close()
}

try {
  const patches = strokes()
  const start = performance.now()
  const long = patches && await longThread(patches)
  if (long) row(`typing ${patches.length} recorded edits into the log`, ((performance.now() - start) / 1000).toFixed(1), 's')
  else console.log('the recorded trace is not there: no figures of the long thread')
  const tall = await tallThread()
  const small = await server.open('Small', 'Ada', 'some text\nand more')
  const parts = {
    async weight() { for (const [n, p] of [['inbox', '/'], ['editor', `/t/${small}`], ['history', `/t/${small}@1`], ['live', '/live'], ['deck', '/deck']]) await weigh(n, p) },
    async open() { if (long) await firstText('260 k edits', long); await firstText('20,000 lines', tall); await firstText('two lines', small) },
    async typing() { if (long) await typing('260 k edits', long); await typing('20,000 lines', tall); await typing('two lines', small) },
    between,
    async scroll() { await scrolling('20,000 lines', tall) },
  }
  for (const [name, part] of Object.entries(parts)) {
    if (process.argv.length > 2 && !process.argv.slice(2).includes(name)) continue
    await part().catch((e) => console.log(`${name}: ${e.stack}`))
  }
} finally {
  await browser.close()
  await server.kill()
}
