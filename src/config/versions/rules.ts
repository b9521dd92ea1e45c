import type { Path } from '../path.js';
import type { Edits } from './edits.js';
import { filledIn, matches, type Pattern } from './pattern.js';

/** One difference between two versions of the format. */
export interface Rule {
  /** The keys of the older (or newer) version that the rule takes away: what "did you mean" may propose, and what a patch must not touch. */
  readonly reads: readonly Pattern[];
  /** Keys it sets where they are not written, to keep the version's own default; not in what is merged into something. */
  readonly sets?: readonly Pattern[];
  /** Keys whose value decides what becomes of the config: a variable there cannot be rewritten. */
  readonly decides?: readonly Pattern[];
  apply(edits: Edits): void;
}

/** A version of the format, and how a config of it becomes one of the next towards v1beta3. */
export interface Step {
  readonly version: string;
  readonly rules: readonly Rule[];
}

/** The key has another name or place. Stars of `to` stand for those of `from`, in order. */
export function rename(from: Pattern, to: Pattern): Rule {
  return {
    reads: [from],
    apply: (edits) => {
      for (const path of matches(edits.root, from)) edits.move(path, filledIn(to, from, path));
    },
  };
}

/** The key has no meaning here and nothing is lost without it; with `because`, the user is told. */
export function drop(at: Pattern, because?: string, hint?: string): Rule {
  return {
    reads: [at],
    apply: (edits) => {
      for (const path of matches(edits.root, at).toReversed()) {
        if (because !== undefined && says(edits.at(path))) edits.warn(path, because, hint);
        edits.remove(path);
      }
    },
  };
}

/** The key asks for something this devspace does not do. Where it asks for nothing (`false`, empty), it goes away silently. */
export function refuse(at: Pattern, what: string, hint: string): Rule {
  return {
    reads: [at],
    apply: (edits) => {
      for (const path of matches(edits.root, at).toReversed()) {
        if (says(edits.at(path)))
          edits.problem('CONFIG_UNSUPPORTED', path, `${what} not supported`, hint, 'key');
        edits.remove(path);
      }
    },
  };
}

/** What this version does when `key` of each `at` is not set, where v1beta3 does something else. */
export function byDefault(at: Pattern, key: string, value: unknown): Rule {
  return {
    reads: [],
    sets: [`${at}.${key}`],
    apply: (edits) => {
      for (const path of matches(edits.root, at)) {
        const is = edits.at(path);
        if (typeof is !== 'object' || is === null || Array.isArray(is)) continue;
        const set = edits.at([...path, key]);
        if (set === undefined || set === null) edits.set([...path, key], value, path);
      }
    },
  };
}

/** Anything else: `change` is called for each place that `at` describes; it takes the keys `reads` of it away. */
export function change(
  at: Pattern,
  change: (edits: Edits, path: Path) => void,
  { reads = [at], ...more }: Partial<Pick<Rule, 'reads' | 'sets' | 'decides'>> = {},
): Rule {
  return {
    reads,
    ...more,
    // From the end, so that a change may remove its place from a list.
    apply: (edits) => {
      for (const path of matches(edits.root, at).toReversed()) change(edits, path);
    },
  };
}

/** Whether a value asks for anything: not nothing, `false`, or empty. */
export function says(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
