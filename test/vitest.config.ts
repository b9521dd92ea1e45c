import { defineConfig } from 'vitest/config';

/**
 * End-to-end tests that may run beside each other, each file in a namespace of its own, when DEVSPACE_TEST_WORKERS says how many at a time. Those that
 * measure, or need the machine to themselves, run before or after them: DEVSPACE_TEST_E2E=together|alone chooses one kind (test/run.mjs runs both).
 */
const workers = Number(process.env.DEVSPACE_TEST_WORKERS ?? 1);
const alone = ['kube-exec-faults', 'logs-stream', 'ports-*', 'supervisor-*', 'sync-torture'].map(
  (name) => `test/e2e/${name}.test.ts`,
);
const kind = process.env.DEVSPACE_TEST_E2E;
const isTogether = kind === 'together' && workers > 1;

// unit: pure and local things, threads without isolation; cli: the built CLI as a process; e2e: the built CLI against a real cluster.
export default defineConfig({
  test: {
    pool: 'threads',
    projects: [
      {
        test: {
          name: 'unit',
          isolate: false,
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
          include: kind === 'alone' ? alone : ['test/e2e/**/*.test.ts'],
          exclude: kind === 'together' ? alone : [],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: isTogether,
          ...(isTogether ? { maxWorkers: workers } : {}),
        },
      },
    ],
  },
});
