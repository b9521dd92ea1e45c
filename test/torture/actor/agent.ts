// The user of one side, wherever that is: one request as JSON a line on stdin, one answer a line on stdout. argv: the root.
import {
  chmodSync,
  closeSync,
  openSync,
  writeSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { random } from '../random.js';
import type { Deed } from '../records.js';
import { freshContent, unit } from './contents.js';
import { runBatch, type BatchOrder } from './batch.js';
import { anchors, holdings, list, look } from './tree.js';
import { User } from './user.js';

const root = process.argv[2] ?? '.';
const beside = join(root, '..');
mkdirSync(root, { recursive: true });
const trash = join(root, '.devspace/trash');
const user = new User(root, join(beside, 'outside'));

/** All that an agent can be asked for. */
export const acts = {
  ping: () => null,
  /** Files that stay, so that no side is ever empty. */
  anchor({ count }: { count: number }): Deed[] {
    mkdirSync(user.absolute(anchors));
    const deed = user.begin('anchor');
    for (let at = 0; at < count; at++)
      user.create(deed, `${anchors}/${at}`, freshContent(`anchor ${at}`, unit));
    return user.deeds.splice(0);
  },
  batch: (order: BatchOrder) => runBatch(user, order, random(order.seed)),
  look: () => look(root),
  seen: () => holdings(root, ''),
  /** What sync has kept. */
  trash: () => holdings(trash, ''),
  emptyTrash: () => rmSync(trash, { recursive: true, force: true }),
  /** Takes away what cannot be synced and makes everything accessible again. */
  tidy(): Deed[] {
    // What is below a directory is listed only once it may be read.
    for (let depth = 0; depth < 6; depth++)
      for (const { kind, path } of list(root)) if (kind === 'directory') open(path, 0o700);
    for (const { kind, path } of list(root)) {
      if (kind === 'file') open(path, 0o600);
      attempt(() => {
        const holding = holdings(user.absolute(path), path)[0]?.content ?? '';
        if (kind === 'other' || /^-> (\/|\.\.)/.test(holding)) user.remove(user.begin('tidy'), path);
      });
    }
    return user.deeds.splice(0);
  },
  /** Takes away the right to read or to enter. */
  deny({ seed }: { seed: number }): string {
    const all = list(root).filter(
      ({ kind, path }) => kind !== 'link' && kind !== 'other' && path !== anchors,
    );
    const chosen = all[Math.floor(random(seed)() * all.length)];
    if (chosen) attempt(() => chmodSync(user.absolute(chosen.path), chosen.kind === 'file' ? 0 : 0o500));
    return chosen?.path ?? '';
  },
  /** Takes all space that is left on the disk of the root, but for a little. */
  fill(): number {
    const { bavail, bsize } = statfsSync(root);
    const fd = openSync(join(beside, 'ballast'), 'w');
    const piece = Buffer.alloc(1024 * 1024);
    let left = Math.max(0, bavail - 4) * bsize;
    try {
      for (; left > 0; left -= piece.length) writeSync(fd, piece, 0, Math.min(piece.length, left));
    } catch {
      // Somebody else has taken the last of it.
    } finally {
      closeSync(fd);
    }
    return left;
  },
  free: () => rmSync(join(beside, 'ballast'), { force: true }),
  signal({ command, signal }: { command: string; signal: NodeJS.Signals }): number {
    let count = 0;
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').includes(command)) continue;
        process.kill(Number(pid), signal);
        count++;
      } catch {
        // It has ended.
      }
    }
    return count;
  },
};

export type Acts = typeof acts;

function open(path: string, bits: number): void {
  attempt(() => {
    const { mode } = lstatSync(user.absolute(path));
    if ((mode & bits) !== bits) chmodSync(user.absolute(path), (mode & 0o777) | bits);
  });
}

/** Sync may have changed the tree since it was listed. */
function attempt(act: () => void): void {
  try {
    act();
  } catch {
    // Then there is nothing to do.
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { act, details, id } = JSON.parse(line) as { id: number; act: keyof Acts; details: never };
    void (async () => acts[act](details) as unknown)().then(
      (value) => process.stdout.write(`${JSON.stringify({ id, value: value ?? null })}\n`),
      (error: unknown) => process.stdout.write(`${JSON.stringify({ id, error: String(error) })}\n`),
    );
  })
  .on('close', () => process.exit(0));
