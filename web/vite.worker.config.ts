// The service worker of the library, one plain script under a fixed name. The page has one more, its own:
// `--mode shell` builds that one.

import { defineConfig } from 'vite'

export default defineConfig(({ mode }) => ({
  publicDir: false,
  build: {
    target: 'es2022',
    emptyOutDir: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: mode === 'shell' ? 'src/workers/shell.ts' : 'src/workers/service_worker.ts',
      output: { format: 'iife' as const, entryFileNames: mode === 'shell' ? 'shell.js' : 'sw.js' },
    },
  },
}))
