// The measuring end on each side: one request as JSON a line on stdin, one answer a line on stdout. Besides it tells every file that it sees complete
// in a watched folder: { seen: token }. A file is complete when it begins and ends with the same token.
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, statSync, watch } from 'node:fs';
import { writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { usage } from './usage.mjs';

// At least, and never more than a fifth of the time: looking costs the tools under test the same cores.
const POLL_MS = 3;
const POLL_SHARE = 5;

const actions = {
  ping: () => undefined,
  mkdir: ({ dir }) => void mkdirSync(dir, { recursive: true }),
  watch: ({ dir }) => void watch(dir, (_, name) => name && tell(join(dir, name))),
  write: ({ path, content }) => void writeFileSync(path, content),
  /** Files of random bytes, see paths(). No two are the same. */
  writeTree({ bytes, ...shape }) {
    const noise = randomBytes(bytes + shape.files);
    let index = 0;
    let folder = '';
    for (const path of paths(shape)) {
      if (dirname(path) !== folder) mkdirSync((folder = dirname(path)), { recursive: true });
      writeFileSync(path, noise.subarray(index, index + bytes));
      index += 1;
    }
  },
  /** Waits until all of paths() have this size. Each is looked at until it has, and not again. */
  async awaitTree({ bytes, ...shape }) {
    for (const path of paths(shape)) await until(() => sizeOf(path) === bytes);
  },
  /** Random but for a zero at `zeroAt`. */
  writeBig: ({ bytes, path, zeroAt }) =>
    void writeFileSync(path, randomBytes(bytes).fill(0, zeroAt, zeroAt + 1)),
  move: ({ from, to }) => void renameSync(from, to),
  /** Changes one byte in place. */
  edit({ byte, offset, path }) {
    const file = openSync(path, 'r+');
    writeSync(file, Buffer.of(byte), 0, 1, offset);
    closeSync(file);
  },
  /** Waits until the file has this size and, where named, this byte at the offset. */
  awaitFile: ({ byte, bytes, offset, path }) =>
    until(() => sizeOf(path) === bytes && (byte === undefined || byteAt(path, offset) === byte)),
  /** What processes have used so far: those whose command line fits, or a process with all below it. */
  usage,
};

/** `folders` folders with `files` files in all; of those only each `every`-th. */
function* paths({ dir, every = 1, files, folders }) {
  for (let index = 0; index < files; index += every) {
    yield join(dir, `folder-${Math.floor((index * folders) / files)}`, `file-${index}.bin`);
  }
}

async function until(test) {
  for (;;) {
    const began = performance.now();
    if (test()) return;
    const took = performance.now() - began;
    await new Promise((resolve) => setTimeout(resolve, Math.max(POLL_MS, took * (POLL_SHARE - 1))));
  }
}

const sizeOf = (path) => statSync(path, { throwIfNoEntry: false })?.size;

function byteAt(path, offset) {
  const found = Buffer.alloc(1);
  try {
    const file = openSync(path);
    readSync(file, found, 0, 1, offset);
    closeSync(file);
    return found[0];
  } catch {
    return undefined;
  }
}

function tell(path) {
  try {
    const text = readFileSync(path, 'utf8');
    const token = text.slice(0, text.indexOf('\n') + 1);
    if (token.length > 1 && text.length > token.length && text.endsWith(token)) say({ seen: token.trim() });
  } catch {
    // Gone again, or a folder.
  }
}

function say(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { id, act, ...details } = JSON.parse(line);
    try {
      say({ id, result: await actions[act](details) });
    } catch (error) {
      say({ id, error: String(error) });
    }
  })
  .on('close', () => process.exit(0));
