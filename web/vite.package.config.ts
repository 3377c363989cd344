// The package: one ES module for a bundler of yours, and the two workers beside it.

import { defineConfig } from 'vite'

export default defineConfig({
  base: './',
  publicDir: false,
  build: {
    target: 'es2022',
    outDir: 'dist-package',
    minify: false,
    reportCompressedSize: false,
    lib: { entry: 'src/lib/index.ts', formats: ['es'], fileName: 'index' },
  },
  worker: { format: 'es' },
})
