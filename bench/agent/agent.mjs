// The measuring end in the container: one request as JSON a line on stdin, one answer a line on stdout. Besides it tells every file that it sees
// complete in a watched folder: { seen: token }. A file is complete when it begins and ends with the same token.
import { mkdirSync, readFileSync, readdirSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// At least, and never more than a fifth of the time: looking costs the tools under test the same cores.
const POLL_MS = 5;
const POLL_SHARE = 5;

const actions = {
  ping: () => undefined,
  mkdir: ({ dir }) => void mkdirSync(dir, { recursive: true }),
  watch: ({ dir }) => void watch(dir, (_, name) => name && tell(join(dir, name))),
  write: ({ path, content }) => void writeFileSync(path, content),
  /** Waits until `dir` holds exactly `count` files with `bytes` in all. */
  async awaitTree({ dir, count, bytes }) {
    for (;;) {
      const began = performance.now();
      const found = measure(dir);
      if (found.count === count && found.bytes === bytes) return;
      const took = performance.now() - began;
      await new Promise((resolve) => setTimeout(resolve, Math.max(POLL_MS, took * (POLL_SHARE - 1))));
    }
  },
};

function tell(path) {
  try {
    const text = readFileSync(path, 'utf8');
    const token = text.slice(0, text.indexOf('\n') + 1);
    if (token.length > 1 && text.length > token.length && text.endsWith(token)) say({ seen: token.trim() });
  } catch {
    // Gone again, or a folder.
  }
}

function measure(dir) {
  const total = { count: 0, bytes: 0 };
  try {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      const found = entry.isDirectory() ? measure(path) : { count: 1, bytes: statSync(path).size };
      total.count += found.count;
      total.bytes += found.bytes;
    }
  } catch {
    // Moved while it was read: the next look finds it.
  }
  return total;
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, act, ...details } = JSON.parse(line);
    try {
      await actions[act](details);
      say({ id });
    } catch (error) {
      say({ id, error: String(error) });
    }
  })
  .on('close', () => process.exit(0));
