import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Many tests start and kill real processes: on a machine that is busy with others one may be late once, never twice.
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
