// The package: one ES module without dependencies. Its storage worker is inside; the service worker is built
// by vite.worker.config.ts.

import { defineConfig } from 'vite'
import { inlineWorker } from './inline_worker.js'

export default defineConfig({
  publicDir: false,
  plugins: [inlineWorker()],
  build: {
    target: 'es2022',
    outDir: 'dist-package',
    minify: false,
    reportCompressedSize: false,
    lib: { entry: 'src/lib/index.ts', formats: ['es'], fileName: 'index' },
  },
})
