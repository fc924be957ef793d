// Serves the stock editor in place of the page.

import { fileURLToPath } from 'node:url'
import { build } from 'vite'

let script
async function bundle() {
  const made = await build({
    configFile: false, logLevel: 'error', root: fileURLToPath(new URL('../..', import.meta.url)),
    build: { write: false, minify: false, rolldownOptions: { input: fileURLToPath(new URL('./stock.mjs', import.meta.url)) } },
  })
  return [made].flat()[0].output.find((o) => o.type === 'chunk').code
}

const policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'"

/** stock opens a person's threads in the stock editor. */
export async function stock(person) {
  script ??= await bundle()
  person.proxy.instead = (path) => {
    if (path === '/stock.js') return { headers: { 'content-type': 'text/javascript' }, body: script }
    if (path === '/favicon.ico') return { headers: {}, body: '' }
    if (!path.startsWith('/t/')) return null
    return { headers: { 'content-type': 'text/html', 'content-security-policy': policy }, body: '<!doctype html><script type="module" src="/stock.js"></script>' }
  }
}
