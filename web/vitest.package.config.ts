import { defineConfig } from 'vitest/config'

// One file at a time: each packs the package, and its projects bring servers of their own.
export default defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    environment: 'node',
    retry: process.env['SECOND_TRY'] ? 1 : 0, // .ci/run sets it (CONTRIBUTING.md)
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
