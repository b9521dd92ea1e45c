import type { Entry, FileEntry, Side, SymlinkEntry } from './entry.js';

/** One step towards equal sides. `target` is what is there now and must still be there when it is done. */
export type Action =
  | { do: 'forget'; path: string }
  | { do: 'record'; path: string; hash: string }
  /** Leave it different until one side changes; `conflict`: both have content. */
  | { do: 'park'; path: string; conflict: boolean }
  | { do: 'hash'; side: Side; path: string }
  /** A directory there holds what stays, so that nothing else can take its place: people must be told. */
  | { do: 'obstructed'; to: Side; path: string }
  /** A directory is removed only when empty. `conflict`: keep it in the trash and say so; `replaced`: something takes its place. */
  | { do: 'remove'; to: Side; path: string; target: Entry; conflict: boolean; replaced: boolean }
  | { do: 'mkdir'; to: Side; path: string; source: Entry; mode: number }
  | {
      do: 'symlink';
      to: Side;
      path: string;
      source: SymlinkEntry;
      target: Entry | undefined;
      conflict: boolean;
    }
  | {
      do: 'file';
      to: Side;
      path: string;
      source: FileEntry;
      target: Entry | undefined;
      mode: number;
      conflict: boolean;
    }
  | {
      do: 'chmod';
      to: Side;
      path: string;
      /** Undefined: a directory made in the same plan. */
      target: Entry | undefined;
      directory: boolean;
      mode: number;
      /** What the other side has; undefined: what it gets in the same plan. */
      source: Entry | undefined;
      hash: string;
    };
