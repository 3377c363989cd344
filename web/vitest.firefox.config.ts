import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/firefox/**/*.test.ts'],
    environment: 'node',
    retry: process.env['SECOND_TRY'] ? 1 : 0, // .ci/run sets it (CONTRIBUTING.md)
    fileParallelism: false,
    testTimeout: 120_000, // for a busy machine
    hookTimeout: 120_000,
  },
})
