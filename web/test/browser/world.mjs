// The world of a story: a server of its own, people with a browser window and
// a cable each, and robots. Any error that a page logs fails the story.

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

// The browser itself reports refused and lost connections: that is the cable.
const cable = /WebSocket connection to .* failed|net::ERR_(CONNECTION|EMPTY_RESPONSE|INTERNET|NETWORK|ABORTED|INCOMPLETE|SOCKET)/

// When a person types over a selection of two lines, Blink joins
// them with a style of its own before the editor reads the result
// and reports that style as a violation without a source, at line 0. A violation
// by the page itself would have a source.
const engine = /^Applying inline style violates|^policy: style-src-attr inline :0/

export class World {
  people = []
  servers = []
  robots = []
  faults = []
  notes = []
  /** Errors that the pages may log in this story. */
  expected = []

  constructor(browser, name) { this.browser = browser; this.name = name }

  /** note is printed beside the story's result. */
  note(text) { this.notes.push(text) }

  /** start returns this story's server; the first call starts it. */
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
   * person opens a browser for one person, with a cable, and no page
   * yet. With known: false the browser does not know the name yet; with
   * shelf: true the stock editor replaces the page.
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
    context.setDefaultTimeout(120_000) // short steps, unless the machine is busy
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

  /** visit opens a page for a person at a path. */
  async visit(person, path) {
    const page = await person.context.newPage()
    await page.goto(`${person.url}${path}`)
    return page
  }

  /** shot saves a picture if $SHOTS is set. */
  async shot(page, name) { if (shots) await page.screenshot({ path: join(shots, `${name}.png`) }) }

  /** picture saves pictures of all pages, to explain a failure. */
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
