import type { Entry } from './entry.js';

/** What a side is believed to have: path → entry. The root itself is not in it. */
export interface Tree extends Iterable<[string, Entry]> {
  readonly size: number;
  get(path: string): Entry | undefined;
  /** The kind alone, which costs less. */
  kindOf(path: string): Entry['kind'] | undefined;
  /** How many entries lie directly in the directory. */
  childCount(directory: string): number;
  /** All paths strictly below any of these directories. */
  below(directories: Iterable<string>): string[];
}
