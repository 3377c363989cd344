import { defineConfig } from 'vitest/config'
import { inlineWorker } from './inline_worker.js'

export default defineConfig({
  plugins: [inlineWorker()],
  test: { include: ['test/unit/**/*.test.ts'], environment: 'node', testTimeout: 20_000 },
})
