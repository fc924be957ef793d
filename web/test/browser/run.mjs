// People use the pages in a real browser, against the real server as a process
// of its own, which can be killed. The name of each story is its claim.
//
//   node test/browser/run.mjs [part of a name…]
//
// PARODYWAVE_BIN is the program (built from this checkout if it is not set;
// it serves the pages that were embedded when it was built); DATA a folder for
// data directories; SHOTS one for pictures of every page and state; SEED fixes
// the random numbers; LANES is how many stories run at once (2 if it is not set);
// CHROMIUM is the browser. No story is repeated.

import { root } from './server.mjs'
import { stories as converge } from './stories/converge.mjs'
import { stories as crash } from './stories/crash.mjs'
import { stories as offline } from './stories/offline.mjs'
import { stories as reload } from './stories/reload.mjs'
import { stories as composition } from './stories/composition.mjs'
import { stories as blame } from './stories/blame.mjs'
import { stories as claims } from './stories/claims.mjs'
import { stories as history } from './stories/history.mjs'
import { stories as large } from './stories/large.mjs'
import { stories as inbox } from './stories/inbox.mjs'
import { stories as live } from './stories/live.mjs'
import { stories as keyboard } from './stories/keyboard.mjs'
import { stories as small } from './stories/small.mjs'
import { stories as axe } from './stories/axe.mjs'
import { World, browserIsThere, executablePath, launch } from './world.mjs'

// The longest are first, so that no lane waits long for the other in the end.
const stories = { ...axe, ...composition, ...large, ...offline, ...small, ...inbox, ...converge, ...crash, ...reload, ...blame, ...claims, ...history, ...live, ...keyboard }

if (!browserIsThere()) {
  console.log(`pages: skipped, no browser at ${executablePath}`)
  process.exit(0)
}
const seed = Number(process.env.SEED ?? (process.env.PARODYWAVE_SEED === 'fresh' ? Date.now() % 1e9 : 1))
const lanes = Number(process.env.LANES ?? 2)
const wanted = process.argv.slice(2)
console.log(`seed ${seed}; files in ${root}`)

/** LIMIT is how long a story may take, in ms, before it fails as stuck. */
const LIMIT = 600_000

/** run runs one story, prints its result, and returns whether it is as claimed. */
async function run(browser, name, story) {
  const world = new World(browser, name)
  world.seed = seed
  const start = performance.now()
  let timer
  try {
    await Promise.race([story(world), new Promise((_, no) => { timer = setTimeout(() => no(new Error(`not done after ${LIMIT} ms`)), LIMIT) })])
    if (world.faults.length) throw new Error(world.faults.join('\n'))
    console.log(`ok   ${name} (${Math.round(performance.now() - start)} ms)${world.notes.map((n) => `\n     ${n}`).join('')}`)
    return true
  } catch (e) {
    const faults = world.faults.length ? `\nthe pages said:\n  ${world.faults.join('\n  ')}` : ''
    console.log(`FAIL ${name} (${Math.round(performance.now() - start)} ms)\n${e.stack}${e.cause ? `\ncaused by ${e.cause.stack}` : ''}${world.notes.map((n) => `\n     ${n}`).join('')}${faults}\npictures: ${(await world.picture()).join(' ')}`)
    if (world.server?.said) console.log(`the server said: ${world.server.said.slice(-1500)}`)
    return false
  } finally {
    clearTimeout(timer)
    await world.end()
  }
}

// A story spends much of its time waiting for the browser and the network. Each lane
// has a browser of its own: the windows of one browser share a clipboard.
const queue = Object.entries(stories).filter(([name]) => !wanted.length || wanted.some((w) => name.includes(w)))
let failed = 0
await Promise.all(Array.from({ length: Math.min(lanes, queue.length) }, async () => {
  const browser = await launch()
  for (let next; (next = queue.shift());) if (!await run(browser, ...next)) failed++
  await browser.close()
}))
process.exit(failed ? 1 : 0)
