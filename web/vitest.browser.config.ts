import { defineConfig } from 'vitest/config'

// Two files at a time: most of what they do is wait for a slow wire.
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    environment: 'node',
    retry: process.env['SECOND_TRY'] ? 1 : 0, // .ci/run sets it (CONTRIBUTING.md)
    poolOptions: { forks: { minForks: 1, maxForks: 2 } },
    testTimeout: 120_000, // for a busy machine
    hookTimeout: 120_000,
  },
})
