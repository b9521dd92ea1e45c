import { defineConfig } from 'vitest/config';

// unit: pure and local things, threads without isolation; cli: the built CLI as a process; e2e: the built CLI against a real cluster.
export default defineConfig({
  test: {
    pool: 'threads',
    projects: [
      {
        test: {
          name: 'unit',
          isolate: false,
          setupFiles: ['test/rig/fixed-seed.ts'],
          // A machine under load takes its time; none of them waits that long by itself.
          testTimeout: 30_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/cli/**', 'test/e2e/**'],
        },
      },
      { test: { name: 'cli', include: ['test/cli/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          // Two at a time took as long on two cores, and some measure.
          fileParallelism: false,
        },
      },
    ],
  },
});
