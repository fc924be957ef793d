import { defineConfig } from 'vite'

// The server's policy allows no inline script or style and nothing from
// elsewhere, so every asset is a file (assetsInlineLimit 0) and the preload
// polyfill stays out. base './' lets the page live under any path.
export default defineConfig({
  base: './',
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
  },
})
