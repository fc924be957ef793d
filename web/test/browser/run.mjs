// People use the pages in a real browser, against the real server as a process
// of its own, which can be killed. What each story claims is its name.
//
//   node test/browser/run.mjs [part of a name…]
//
// PARODYWAVE_BIN is the program (built from this checkout where it is not set;
// it serves the pages that were embedded when it was built); DATA a folder for
// data directories; SHOTS one for pictures of every page and state; SEED fixes
// what is random; CHROMIUM is the browser. No story is tried twice.

import { stories as small } from './stories/small.mjs'
import { World, browserIsThere, executablePath, launch } from './world.mjs'
import { root } from './server.mjs'

const parts = await Promise.all(['converge', 'crash', 'offline', 'reload', 'composition', 'blame', 'history', 'live', 'inbox', 'axe', 'keyboard']
  .map((name) => import(`./stories/${name}.mjs`).catch((e) => { if (e.code === 'ERR_MODULE_NOT_FOUND') return { stories: {} }; throw e })))
const stories = Object.assign({}, ...parts.map((p) => p.stories), small)

if (!browserIsThere()) {
  console.log(`pages: skipped, no browser at ${executablePath}`)
  process.exit(0)
}
const seed = Number(process.env.SEED ?? Date.now() % 1e9)
const wanted = process.argv.slice(2)
console.log(`seed ${seed}; files in ${root}`)
const browser = await launch()
let failed = 0
for (const [name, story] of Object.entries(stories)) {
  if (wanted.length && !wanted.some((w) => name.includes(w))) continue
  const world = new World(browser, name)
  world.seed = seed
  const start = performance.now()
  const limit = story.limit ?? 60_000
  let timer
  try {
    await Promise.race([story(world), new Promise((_, no) => { timer = setTimeout(() => no(new Error(`not done after ${limit} ms`)), limit) })])
    if (world.faults.length) throw new Error(world.faults.join('\n'))
    console.log(`ok   ${name} (${Math.round(performance.now() - start)} ms)${world.notes.map((n) => `\n     ${n}`).join('')}`)
  } catch (e) {
    failed++
    const faults = world.faults.length ? `\nthe pages said:\n  ${world.faults.join('\n  ')}` : ''
    console.log(`FAIL ${name} (${Math.round(performance.now() - start)} ms)\n${e.stack}${world.notes.map((n) => `\n     ${n}`).join('')}${faults}\npictures: ${(await world.picture()).join(' ')}`)
    if (world.server?.said) console.log(`the server said: ${world.server.said.slice(-1500)}`)
  } finally {
    clearTimeout(timer)
  }
  await world.end()
}
await browser.close()
process.exit(failed ? 1 : 0)
