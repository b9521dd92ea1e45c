import { setTimeout as pause } from 'node:timers/promises';
import { between, pick, pickWeighted, type Random } from '../random.js';
import type { BatchResult } from '../records.js';
import { page } from './contents.js';
import { someName } from './names.js';
import { bursts, operations, type Scene, weights } from './operations.js';
import { anchors, holdings, list, type Listed } from './tree.js';
import type { User } from './user.js';

export interface BatchOrder {
  ops: number;
  seed: number;
  /** Begins every label. */
  label: string;
}

const limits = { entries: 300, depth: 4, large: 6 };
/** So many operations work with one listing. */
const listingLasts = 10;

/** Does that many random things to the tree of a user. Resolves when nothing of it is left open. */
export async function runBatch(user: User, order: BatchOrder, next: Random): Promise<BatchResult> {
  const seen = holdings(user.root, '');
  const busy = new Set<string>();
  const open: Promise<void>[] = [];
  const isBusy = (path: string): boolean =>
    [...busy].some((other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`));

  let listed: Listed[] = [];
  let lasts = 0;
  const choose = (test: (entry: Listed) => boolean): string => {
    const found = listed.filter((entry) => test(entry) && !isBusy(entry.path));
    if (found.length === 0) throw new Error('there is none');
    return pick(next, found).path;
  };
  const isSmall = ({ kind, size }: Listed): boolean => kind === 'file' && size <= 8 * page;
  const isLarge = ({ kind, size }: Listed): boolean => kind === 'file' && size > 8 * page;

  for (let done = 0, tried = 0; done < order.ops && tried < order.ops * 10; tried++) {
    if (lasts-- <= 0) {
      const own = (path: string) => path !== anchors && !path.startsWith(`${anchors}/`);
      listed = list(user.root).filter(({ path }) => own(path));
      lasts = listingLasts;
    }
    const what = chooseOperation(next, listed.length, listed.filter(isLarge).length);
    const deed = user.begin(what);
    const scene: Scene = {
      user,
      next,
      deed,
      label: `${order.label}.${tried}`,
      file: () => choose(isSmall),
      largeFile: () => choose(isLarge),
      directory: () => choose(({ kind }) => kind === 'directory'),
      anything: () => choose(() => true),
      fresh() {
        const shallow = listed.filter(
          ({ kind, path }) => kind === 'directory' && path.split('/').length < limits.depth,
        );
        const parent = pick(next, ['', ...shallow.map(({ path }) => path)]);
        const path = parent === '' ? someName(next) : `${parent}/${someName(next)}`;
        if (isBusy(path) || path === anchors) throw new Error('busy');
        return path;
      },
      filesIn: (directory) =>
        list(user.root, directory).flatMap(({ kind, path }) =>
          kind === 'file' && !isBusy(path) ? [path] : [],
        ),
      meanwhile(path, work) {
        busy.add(path);
        open.push(
          work()
            .catch(() => {})
            .finally(() => busy.delete(path)),
        );
      },
    };
    try {
      if (what in bursts) done += bursts[what as keyof typeof bursts](scene);
      else operations[what as keyof typeof operations](scene);
      done++;
    } catch {
      // Sync or this user has changed the tree since it was listed, or the disk is full: as for any other program.
    }
    if (next() < 0.2) await pause(between(next, 0, 12));
  }
  await Promise.all(open);
  const deeds = user.deeds.filter(({ gone, made, states }) => gone.length + made.length + states.length > 0);
  user.deeds = [];
  return { deeds, seen };
}

/** A tree that has grown large is cut back. */
function chooseOperation(next: Random, entries: number, large: number): keyof typeof weights {
  const chosen = { ...weights };
  if (large >= limits.large) chosen['create large'] = 0;
  if (entries > limits.entries) {
    chosen['many files'] = 0;
    chosen['remove one by one'] *= 8;
    chosen['remove anything'] *= 8;
  }
  return pickWeighted(next, chosen);
}
