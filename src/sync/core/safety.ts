import { type Ancestor, type Entry, type Known, otherSide, type Side, stampIn } from './entry.js';
import type { Action } from './action.js';
import { mirrored } from './policy.js';
import type { Tree } from './tree.js';
import type { View } from './view.js';

/** Why nothing more may be done before a person has looked. `side` lost the files; they would be removed on the other one, too. */
export type Danger =
  /** The side has nothing but directories left. */
  | { danger: 'emptied'; side: Side; files: number; examples: readonly string[] }
  /** Of the `of` files both sides had in common, `files` would go. */
  | {
      danger: 'mass-removal';
      side: Side;
      files: number;
      of: number;
      examples: readonly string[];
      /** So many were carried over shortly before, when they were few: the same wipe, begun slowly. */
      lately: number;
    };

/**
 * What to do about removals that look like an accident: carry them over, bring the files back from the other side (where `direction` allows that, else
 * they just stay there), or stop.
 */
export type DangerAnswer = 'carry-over' | 'restore' | 'stop';

/** From this many files on, a side that lost all of them at once is taken for an accident. */
export const emptiedFrom = 2;
/** From this many files on, removals of more than this share of all are taken for an accident. */
export const massRemoval = { files: 50, share: 0.5 } as const;
const mostExamples = 5;
/** How long it counts how many there were. */
const latelyMs = 60_000;

type Removal = Extract<Action, { do: 'remove' }>;

/**
 * Looks at planned removals before any is done, for what looks like an accident: a volume that is not mounted, a wiped directory, a mirror of the wrong
 * side. What was moved on its side is not lost and does not count, nor what a new container brought from its image. `approved` paths were asked about;
 * a side in `empty` was so before anything was copied to it. `lately`: what went before.
 */
export function findDanger(
  view: View & { ancestor: Pick<Ancestor, 'get' | typeof Symbol.iterator> },
  actions: readonly Action[],
  approved: ReadonlySet<string>,
  empty: ReadonlySet<Side> = emptySides(view),
  lately?: Shrinking,
): Danger | undefined {
  for (const side of ['local', 'remote'] as const) {
    const removals = unasked(view, actions, approved, side);
    if (removals.length === 0) continue;
    const danger =
      (empty.has(side) && emptied(view, side, removals)) ||
      mass(view, side, removals, lately?.before(otherSide(side)) ?? 0);
    if (danger) return danger;
  }
  return undefined;
}

/** Removals of what `side` lost that nobody has agreed to. */
function unasked(
  view: View,
  actions: readonly Action[],
  approved: ReadonlySet<string>,
  side: Side,
): Removal[] {
  return actions.filter((action): action is Removal => {
    if (action.do !== 'remove' || action.to === side || action.replaced) return false;
    // Who switches branches means it.
    return !approved.has(action.path) && !(side === 'local' && view.switchedHere(action.path));
  });
}

/** Remembers for a while how many files there were before many were removed, so that a tree that is wiped slowly is recognised, too. */
export class Shrinking {
  #waves: { to: Side; of: number; at: number }[] = [];

  /** Takes note of what is carried over now. */
  note(view: View, actions: readonly Action[], approved: ReadonlySet<string>, now = performance.now()): void {
    for (const side of ['local', 'remote'] as const) {
      const to = otherSide(side);
      const files = pathsOf(unasked(view, actions, approved, side)).length;
      const all = actions.filter(
        (action) => action.do === 'remove' && action.to === to && isFile(action.target),
      );
      // What was agreed to leaves less to start from.
      if (all.length > files) this.#waves = this.#waves.filter((wave) => wave.to !== to);
      else if (files >= massRemoval.files) this.#waves.push({ to, of: commonOn(view, to), at: now });
    }
  }

  /** How many common files a side had lately, at the most; 0: it did not lose many. */
  before(to: Side, now = performance.now()): number {
    this.#waves = this.#waves.filter(({ at }) => now - at < latelyMs);
    return Math.max(0, ...this.#waves.map((wave) => (wave.to === to ? wave.of : 0)));
  }
}

type Everything = Parameters<typeof findDanger>[0];

function emptied(view: Everything, side: Side, removals: readonly Removal[]): Danger | undefined {
  let files = 0;
  for (const [path, known] of view.ancestor) {
    if (known.kind === 'directory' || stampIn(known, side) === undefined) continue;
    if (view[side].get(path) === undefined) files++;
  }
  const paths = pathsOf(removals);
  if (mirrored(view.policy) === side) files = Math.max(files, paths.length);
  if (files < emptiedFrom) return undefined;
  return { danger: 'emptied', side, files, examples: firstOf(paths) };
}

function mass(
  view: Everything,
  side: Side,
  removals: readonly Removal[],
  before: number,
): Danger | undefined {
  const to = otherSide(side);
  // A mirror of the container may take what was only ever here.
  const all = to === 'local' && mirrored(view.policy) === side;
  const counts = (path: string) => all || isCommon(view.ancestor.get(path));
  let paths = pathsOf(removals).filter(counts);
  if (before === 0 && paths.length < massRemoval.files) return undefined;
  const still = contentsOf(view, side);
  paths = paths.filter((path) => {
    const known = view.ancestor.get(path);
    return known === undefined || !still.has(contentOf(known));
  });
  if (paths.length === 0 || (before === 0 && paths.length < massRemoval.files)) return undefined;
  const of = commonOn(view, to, all);
  const lately = Math.max(before - of, 0);
  const lost = paths.length + lately;
  if (lost < massRemoval.files || lost <= (of + lately) * massRemoval.share) return undefined;
  return { danger: 'mass-removal', side, files: paths.length, of, examples: firstOf(paths), lately };
}

/** How many files a side has that both had in common, or `all`. */
function commonOn(view: View, side: Side, all = false): number {
  let count = 0;
  for (const [path, entry] of view[side])
    if (isFile(entry) && (all || isCommon(view.ancestor.get(path)))) count++;
  return count;
}

const isFile = (entry: Entry): boolean => entry.kind !== 'directory';

const pathsOf = (removals: readonly Removal[]): string[] =>
  removals.filter(({ target }) => isFile(target)).map(({ path }) => path);

const firstOf = (paths: readonly string[]): string[] => paths.toSorted().slice(0, mostExamples);

const isCommon = (known: Known | undefined): boolean =>
  known !== undefined && known.localStamp !== undefined && known.remoteStamp !== undefined;

const contentOf = (known: Known): string => (known.kind === 'file' ? known.hash : `-> ${known.target}`);

/** All common content the side still has, wherever. */
function contentsOf(view: Everything, side: Side): Set<string> {
  const contents = new Set<string>();
  for (const [path, known] of view.ancestor)
    if (known.kind !== 'directory' && view[side].kindOf(path) === known.kind) contents.add(contentOf(known));
  return contents;
}

/** The sides that have nothing but directories. */
export function emptySides(trees: Record<Side, Tree>): Set<Side> {
  const hasContent = (tree: Tree) => {
    for (const [, entry] of tree) if (isFile(entry)) return true;
    return false;
  };
  return new Set((['local', 'remote'] as const).filter((side) => !hasContent(trees[side])));
}

/**
 * When removals may be carried over: held back until none has come for a while, so that a tree that is being wiped is seen as a whole. The more there
 * are, the longer that is, since news of many comes in larger portions. What looks like an accident has `passingMs` to pass: a build may
 * clear its folder and fill it again.
 */
export const removalHold = {
  quietMs: 100,
  quietMsEach: 0.1,
  longestQuietMs: 2000,
  fewCount: 20,
  fewLongestMs: 2000,
  smallShare: 0.25,
  smallLongestMs: 10_000,
  passingMs: 10_000,
  lookMs: 1000,
} as const;

/** Milliseconds until held removals are due; 0: now. A steady trickle is let through after a while, a flood never before it ends. */
export function removalsDueIn(
  held: { count: number; first: number; last: number },
  known: number,
  now: number,
): number {
  const { count, first, last } = held;
  const hold = removalHold;
  const quiet = last + Math.min(hold.quietMs + count * hold.quietMsEach, hold.longestQuietMs) - now;
  if (quiet <= 0) return 0;
  const longest =
    count <= hold.fewCount
      ? hold.fewLongestMs
      : count <= known * hold.smallShare
        ? hold.smallLongestMs
        : Infinity;
  return Math.max(0, Math.min(quiet, first + longest - now));
}
