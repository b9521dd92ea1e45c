import type { Path } from './path.js';

/** Offsets in the text: from the first character to behind the last. */
export type Range = readonly [start: number, end: number];

export interface Located {
  /** Of the key, or of the item itself in a list. */
  readonly key: Range;
  /** Absent when nothing is written behind the key. */
  readonly value: Range | undefined;
  /** A scalar without quotes, as it is written. */
  readonly plainText: string | undefined;
}

/** Something the YAML itself gets wrong, before anybody asks what it means. */
export interface YamlProblem {
  readonly code: 'CONFIG_SYNTAX' | 'CONFIG_INVALID';
  readonly range: Range;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What a parser makes of a text. */
export interface Reading {
  readonly value: unknown;
  readonly problems: readonly YamlProblem[];
  /** Where `path` is written; of a path that is not there, the nearest thing above it that is. Undefined when nothing of it exists. */
  locate(path: Path): Located | undefined;
}
