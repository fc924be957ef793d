// Where a story happens: a server of its own, people with a browser window and
// a cable each, and robots. Whatever a page complains of fails the story.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { Proxy } from '../proxy.mjs'
import { stock } from './control.mjs'
import { Robot } from './robot.mjs'
import { Server, root } from './server.mjs'

export const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
export const browserIsThere = () => existsSync(executablePath)
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows']
export const launch = () => chromium.launch({ executablePath, headless: true, args: flags, timeout: 120_000 })

const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })

// The browser itself reports a connection that is refused or lost: the cable.
const cable = /WebSocket connection to .* failed|net::ERR_(CONNECTION|EMPTY_RESPONSE|INTERNET|NETWORK|ABORTED|INCOMPLETE|SOCKET)/

// Where somebody types over a selection that reaches over two lines, Blink joins
// them with a style of its own making before the editor reads what became of
// it, and reports that style to the policy as nobody's: no source, line 0. What
// a page itself did would have a source.
const engine = /^Applying inline style violates|^policy: style-src-attr inline :0/

export class World {
  people = []
  servers = []
  robots = []
  faults = []
  notes = []
  /** What the pages may log in this story although it is a fault elsewhere. */
  expected = []

  constructor(browser, name) { this.browser = browser; this.name = name }

  /** note is printed beside the story's result. */
  note(text) { this.notes.push(text) }

  /** start gives this story's server; the first call starts it. */
  async start() {
    if (!this.servers.length) this.servers.push(await new Server().start())
    this.server = this.servers[0]
    return this.server
  }

  async robot(thread, user) {
    const robot = await Robot.join(this.server.url, thread, user)
    this.robots.push(robot)
    return robot
  }

  fault(who, what) {
    if (!cable.test(what) && !engine.test(what) && !this.expected.some((e) => e.test(what))) this.faults.push(`${who}: ${what}`)
  }

  /**
   * person opens a browser of somebody's own, with their own cable, and no page
   * yet. Where known is false the browser has not heard their name yet; where
   * shelf is true the stock editor stands in for the page.
   */
  async person(name, { known = true, locale = 'en-GB', width = 1280, height = 800, scheme = 'light', shelf = false, ...options } = {}) {
    await this.start()
    const proxy = new Proxy(this.server.url)
    const url = await proxy.start()
    const localStorage = known && name ? [{ name: 'parodywave.name', value: name }] : []
    const context = await this.browser.newContext({
      locale, viewport: { width, height }, colorScheme: scheme, permissions: ['clipboard-read', 'clipboard-write'],
      storageState: { cookies: [], origins: [{ origin: url, localStorage }] }, ...options,
    })
    context.setDefaultTimeout(60_000) // nothing of this takes long on a machine that has time
    const person = { name, context, proxy, url, server: this.server }
    context.on('page', (page) => this.watch(person, page))
    await context.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`)))
    if (shelf) await stock(person)
    this.people.push(person)
    return person
  }

  watch(person, page) {
    const who = person.name || 'somebody'
    page.on('pageerror', (e) => this.fault(who, e.stack ?? String(e)))
    page.on('console', (m) => { if (['error', 'warning'].includes(m.type())) this.fault(who, `${m.text()} (${m.location().url})`) })
    page.on('request', (r) => {
      if (/^https?:/.test(r.url()) && new URL(r.url()).host !== new URL(person.url).host) this.fault(who, `asked another host: ${r.url()}`)
    })
    page.on('response', (r) => {
      if (r.request().isNavigationRequest() && r.ok() && !r.headers()['content-security-policy']?.includes("default-src 'none'")) this.fault(who, `${r.url()} came without a policy`)
    })
  }

  /** visit opens a page of somebody's at a path. */
  async visit(person, path) {
    const page = await person.context.newPage()
    await page.goto(`${person.url}${path}`)
    return page
  }

  /** shot keeps a picture where $SHOTS is set. */
  async shot(page, name) { if (shots) await page.screenshot({ path: join(shots, `${name}.png`) }) }

  /** picture takes all pages as they stand, for who looks into a failure. */
  async picture() {
    const paths = []
    for (const p of this.people) {
      for (const [i, page] of p.context.pages().entries()) {
        const path = join(shots ?? root, `FAIL-${this.name.replace(/\W+/g, '-').slice(0, 40)}-${p.name}-${i}.png`)
        await page.screenshot({ path, timeout: 10_000 }).then(() => paths.push(path), () => {})
      }
    }
    return paths
  }

  async end() {
    for (const r of this.robots) r.leave()
    await Promise.all(this.people.map((p) => p.context.close().catch(() => {})))
    for (const p of this.people) p.proxy.stop()
    await Promise.all(this.servers.map((s) => s.kill()))
  }
}
