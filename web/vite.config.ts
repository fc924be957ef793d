import { defineConfig, type Plugin } from 'vite'

/** pages gives the development server the paths that the real one has. */
const pages: Plugin = {
  name: 'pages',
  configureServer(server) {
    server.middlewares.use((incoming, _, next) => {
      const req = incoming as { url?: string } // Node's own types would be one dependency more
      const path = req.url?.split('?')[0] ?? ''
      if (path.startsWith('/t/')) req.url = '/thread.html'
      else if (path === '/live' || path === '/deck') req.url = `${path}.html`
      next()
    })
  },
}

const target = process.env.PARODYWAVE_URL ?? 'http://localhost:5555'
const proxied = { target, changeOrigin: true, headers: { origin: target } }

// Four pages, each a file of its own. The server's policy allows no inline
// script or style and nothing from elsewhere, so every asset is a file
// (assetsInlineLimit 0) and the preload polyfill stays out. The pages live at
// fixed paths (/, /t/…, /live, /deck), hence the absolute base. "npx vite" has
// the sources served as they are, beside a running server.
export default defineConfig({
  base: '/',
  plugins: [pages],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: { input: ['index.html', 'thread.html', 'live.html', 'deck.html'] },
  },
  server: { proxy: { '/api': proxied, '/ws': { ...proxied, ws: true } } },
})
