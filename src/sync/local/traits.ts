import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { exactNaming, exactTraits, type Traits } from '../core/naming.js';

/** With the usual mode for what has one: where none is kept, none is ever to be taken for changed. */
export function withoutMode<E extends { kind: string }>(entry: E): E {
  return 'mode' in entry ? { ...entry, mode: entry.kind === 'directory' ? 0o755 : 0o644 } : entry;
}

/** Finds out by trying, in a directory of its own in `.devspace/`, gone afterwards. Where nothing can be written the platform's usual is assumed. */
export function probeTraits(root: string, platform = process.platform): Traits {
  const home = join(root, '.devspace');
  const place = join(home, `probe-${process.pid}-${randomBytes(4).toString('hex')}`);
  const isNew = !existsSync(home);
  try {
    mkdirSync(place, { recursive: true });
    return tryAll(place, platform);
  } catch {
    return usual(platform);
  } finally {
    attempt(() => rmSync(place, { recursive: true, force: true }));
    if (isNew) attempt(() => rmdirSync(home));
  }
}

function tryAll(place: string, platform: NodeJS.Platform): Traits {
  const file = join(place, 'Prob\u00e9');
  writeFileSync(file, '');
  const windows = platform === 'win32';
  const naming = {
    caseInsensitive: existsSync(join(place, 'prob\u00e9')),
    formInsensitive: existsSync(join(place, 'Probe\u0301')),
    decomposes: readdirSync(place).includes('Probe\u0301'),
    // Windows itself would take the colon for something else.
    windows: windows || !attempt(() => writeFileSync(join(place, 'a:b?'), '')),
  };
  return {
    naming: Object.values(naming).includes(true) ? naming : exactNaming,
    modeless: windows || ![0o755, 0o644, 0o700].every((mode) => keepsMode(file, mode)),
    linkless: !attempt(() => symlinkSync('Prob\u00e9', join(place, 'link'))),
    tickMs: tickOf(file),
  };
}

function keepsMode(file: string, mode: number): boolean {
  return attempt(() => chmodSync(file, mode)) && (statSync(file).mode & 0o777) === mode;
}

/** How far a time comes back from what was set: FAT counts in 2 s, others in 1 s or 10 ms. */
function tickOf(file: string): number {
  const set = 1_700_000_001.987_654;
  if (!attempt(() => utimesSync(file, set, set))) return 0;
  const off = Math.abs(set * 1000 - Number(statSync(file, { bigint: true }).mtimeNs) / 1e6);
  if (off > 1000) return 2000;
  if (off > 100) return 1000;
  return off > 1 ? 10 : 0;
}

function usual(platform: NodeJS.Platform): Traits {
  if (platform === 'darwin')
    return { ...exactTraits, naming: { ...exactNaming, caseInsensitive: true, formInsensitive: true } };
  if (platform === 'win32')
    return {
      ...exactTraits,
      naming: { ...exactNaming, caseInsensitive: true, windows: true },
      modeless: true,
      linkless: true,
    };
  return exactTraits;
}

function attempt(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
