// The page. Two more builds have files of their own: the service worker, which has to be one plain
// script under a fixed name (vite.worker.config.ts), and the package (vite.package.config.ts).

import { defineConfig } from 'vite'
import { inlineWorker } from './inline_worker.js'

export default defineConfig({
  base: '/',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // the policy of the page allows no inline anything
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  plugins: [inlineWorker()],
})
