import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    // Most of a test is waiting for what it started: two at a time also where there are two cores.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Many tests start and kill real processes: on a machine that is busy with others one may be late once, never twice.
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
