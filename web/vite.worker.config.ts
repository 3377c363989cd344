import { defineConfig } from 'vite'

export default defineConfig({
  publicDir: false,
  build: {
    target: 'es2022',
    emptyOutDir: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: 'src/workers/service_worker.ts',
      output: { format: 'iife', entryFileNames: 'sw.js' },
    },
  },
})
