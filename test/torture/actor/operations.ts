import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { between, pick, type Random } from '../random.js';
import type { Deed } from '../records.js';
import { freshContent, page, unit } from './contents.js';
import { someName } from './names.js';
import type { User } from './user.js';

/** What one operation works with. Paths are what was there a moment ago; when that is not so any more, it throws. */
export interface Scene {
  readonly user: User;
  readonly next: Random;
  readonly deed: Deed;
  /** Unique in a run. */
  readonly label: string;
  readonly file: () => string;
  readonly largeFile: () => string;
  readonly directory: () => string;
  readonly anything: () => string;
  /** A path that is likely to be free, in some directory. */
  readonly fresh: () => string;
  readonly filesIn: (directory: string) => string[];
  /** Lets nothing else of this user touch the path until it has ended. */
  readonly meanwhile: (path: string, work: () => Promise<void>) => void;
}

type Operation = (scene: Scene) => void;

const small = (next: Random): number => unit * between(next, 1, page / unit);
const large = (next: Random): number => page * between(next, 256, 1024);

function append(scene: Scene, path: string): void {
  const { deed, label, next, user } = scene;
  const writing = user.appender(deed, path);
  scene.meanwhile(path, async () => {
    try {
      for (let left = between(next, 2, 12); left > 0; left--) {
        writing.append(freshContent(`${label}+${left}`, unit));
        await pause(between(next, 0, 25));
      }
    } finally {
      writing.end();
    }
  });
}

/** Everything a person or a program may do to a tree. */
export const operations = {
  create: ({ deed, fresh, label, next, user }) =>
    user.create(deed, fresh(), freshContent(label, small(next))),
  'create, then write': ({ deed, fresh, label, next, user }) =>
    user.createEmptyThenWrite(deed, fresh(), freshContent(label, small(next))),
  'create large': ({ deed, fresh, label, next, user }) =>
    user.create(deed, fresh(), freshContent(label, large(next))),
  rewrite: ({ deed, file, label, next, user }) =>
    user.rewrite(deed, file(), freshContent(label, small(next))),
  'same size': ({ deed, file, label, user }) =>
    user.patch(deed, file(), (size) => ({ at: 0, bytes: freshContent(label, Math.min(size || unit, page)) })),
  'same size, several times at once': ({ deed, file, label, user }) => {
    const path = file();
    for (const time of [1, 2, 3])
      user.patch(deed, path, () => ({ at: 0, bytes: freshContent(`${label}/${time}`, unit) }));
  },
  'edit in the middle': ({ deed, label, largeFile, next, user }) =>
    user.patch(deed, largeFile(), (size) => ({
      at: page * between(next, 0, Math.max(0, Math.floor(size / page) - 1)),
      bytes: freshContent(label, small(next)),
    })),
  replace: ({ deed, file, label, next, user }) =>
    user.replace(deed, file(), freshContent(label, small(next))),
  'replace through a file beside': ({ deed, file, label, next, user }) => {
    const path = file();
    const beside = `${path.slice(0, path.lastIndexOf('/') + 1)}.${label}~`;
    user.createEmptyThenWrite(deed, beside, freshContent(label, small(next)));
    user.rename(deed, beside, path);
  },
  append: (scene) => append(scene, scene.file()),
  'write slowly': (scene) => append(scene, scene.fresh()),
  rename: ({ anything, deed, fresh, user }) => user.rename(deed, anything(), fresh()),
  'rename over': ({ deed, file, user }) => user.rename(deed, file(), file()),
  'rename directory': ({ deed, directory, fresh, user }) => user.rename(deed, directory(), fresh()),
  'swap directories': ({ deed, directory, label, user }) => {
    const [one, two] = [directory(), directory()];
    if (one === two || one.startsWith(`${two}/`) || two.startsWith(`${one}/`)) throw new Error('nested');
    const aside = `swap ${label}`;
    user.rename(deed, one, aside);
    user.rename(deed, two, one);
    user.rename(deed, aside, two);
  },
  chmod: ({ file, next, user }) => chmodSync(user.absolute(file()), pick(next, [0o644, 0o755, 0o600, 0o700])),
  'chmod directory': ({ directory, next, user }) =>
    chmodSync(user.absolute(directory()), pick(next, [0o755, 0o700])),
  link: ({ deed, fresh, label, user }) => user.symlink(deed, fresh(), `to ${label}`),
  'link to something': ({ deed, fresh, next, user }) => user.symlink(deed, fresh(), someName(next)),
  'link outside': ({ deed, fresh, next, user }) =>
    user.symlink(deed, fresh(), pick(next, ['/etc/hostname', '../../../../../../..', '/'])),
  'file to link': ({ deed, file, label, user }) => {
    const path = file();
    user.remove(deed, path);
    user.symlink(deed, path, `to ${label}`);
  },
  fifo: ({ fresh, user }) => void execFileSync('mkfifo', ['--', user.absolute(fresh())], { stdio: 'ignore' }),
  remove: ({ deed, file, user }) => user.remove(deed, file()),
  'remove anything': ({ anything, deed, user }) => user.remove(deed, anything()),
  'file to directory': ({ deed, file, label, next, user }) => {
    const path = file();
    user.remove(deed, path);
    mkdirSync(user.absolute(path));
    user.create(deed, `${path}/${someName(next)}`, freshContent(label, unit));
  },
  'directory to file': ({ deed, directory, label, user }) => {
    const path = directory();
    user.remove(deed, path);
    user.create(deed, path, freshContent(label, unit));
  },
  mkdir: ({ fresh, next, user }) => {
    const path = fresh();
    mkdirSync(user.absolute(path));
    if (next() < 0.5) mkdirSync(user.absolute(`${path}/${someName(next)}`));
  },
} satisfies Record<string, Operation>;

/** Operations that stand for many: each tells how many. */
export const bursts = {
  'many files': ({ deed, fresh, label, next, user }: Scene): number => {
    const path = fresh();
    mkdirSync(user.absolute(path));
    const count = between(next, 10, 40);
    for (let at = 0; at < count; at++)
      user.create(deed, `${path}/${at}`, freshContent(`${label}/${at}`, unit));
    return count;
  },
  'many edits': ({ deed, directory, filesIn, label, user }: Scene): number => {
    const paths = filesIn(directory());
    for (const [at, path] of paths.entries()) user.replace(deed, path, freshContent(`${label}/${at}`, unit));
    return Math.max(1, paths.length);
  },
  'remove one by one': ({ deed, directory, filesIn, user }: Scene): number => {
    const path = directory();
    const paths = filesIn(path);
    for (const below of paths) user.remove(deed, below);
    user.remove(deed, path);
    return paths.length + 1;
  },
};

export const weights: Record<keyof typeof operations | keyof typeof bursts, number> = {
  create: 12,
  'create, then write': 8,
  'create large': 0.4,
  rewrite: 8,
  'same size': 7,
  'same size, several times at once': 3,
  'edit in the middle': 2,
  replace: 8,
  'replace through a file beside': 4,
  append: 3,
  'write slowly': 2,
  rename: 5,
  'rename over': 4,
  'rename directory': 2,
  'swap directories': 1.5,
  chmod: 3,
  'chmod directory': 0.5,
  link: 2,
  'link to something': 1,
  'link outside': 0.3,
  'file to link': 0.5,
  fifo: 0.1,
  remove: 6,
  'remove anything': 2,
  'file to directory': 1.5,
  'directory to file': 1,
  mkdir: 4,
  'many files': 1,
  'many edits': 1,
  'remove one by one': 0.7,
};
