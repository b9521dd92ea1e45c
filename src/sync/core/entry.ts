/** A moment, in whole seconds since 1970 and nanoseconds. */
export interface Time {
  s: number;
  ns: number;
}

/**
 * What one side has at a path. A stamp is opaque: only its equality has a meaning, only on its own side; it changes whenever the object may
 * have changed (for a directory only when it is replaced or its mode changes). Modes are the low 12 bits.
 */
export type Entry = FileEntry | DirectoryEntry | SymlinkEntry | OtherEntry | UnreadableEntry;

export interface FileEntry {
  kind: 'file';
  mode: number;
  size: number;
  mtime: Time;
  stamp: string;
}
export interface DirectoryEntry {
  kind: 'directory';
  mode: number;
  stamp: string;
}
export interface SymlinkEntry {
  kind: 'symlink';
  target: string;
  stamp: string;
}
/** A FIFO, socket or device: seen, reported, never synced. */
export interface OtherEntry {
  kind: 'other';
  what: string;
}
export interface UnreadableEntry {
  kind: 'unreadable';
  reason: string;
}

/** One thing heard of a path; `absent` includes everything below it. */
export type Observed = { path: string } & (Entry | { kind: 'absent' });

/** What is there, without saying where; undefined: nothing. */
export function entryOf(observed: Observed): Entry | undefined {
  if (observed.kind === 'absent') return undefined;
  if (observed.kind === 'file') {
    const { kind, mode, size, mtime, stamp } = observed;
    return { kind, mode, size, mtime, stamp };
  }
  const { path: _, ...entry } = observed;
  return entry;
}

export type Side = 'local' | 'remote';
export const otherSide = (side: Side): Side => (side === 'local' ? 'remote' : 'local');

/**
 * What both sides were last known to have in common at a path. The stamps and modes are those each side had then: `undefined` means this
 * side was never seen with it (a new container), so that being absent there is no deletion; `''` means seen, but to be looked at again.
 */
export interface Known {
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Of a file: bytes and lower-case hex SHA-256; else 0 and ''. */
  readonly size: number;
  readonly hash: string;
  /** Of a symlink, else ''. */
  readonly target: string;
  readonly localStamp: string | undefined;
  readonly remoteStamp: string | undefined;
  readonly localMode: number;
  readonly remoteMode: number;
}

/** Path → what both sides had there. What `get` gives may be a copy: a change is made with `set`. */
export interface Ancestor extends Iterable<[string, Known]> {
  readonly size: number;
  get(path: string): Known | undefined;
  set(path: string, known: Known): unknown;
  delete(path: string): boolean;
  keys(): Iterable<string>;
  values(): Iterable<Known>;
}

export const stampIn = (known: Known, side: Side): string | undefined =>
  side === 'local' ? known.localStamp : known.remoteStamp;
export const modeIn = (known: Known, side: Side): number =>
  side === 'local' ? known.localMode : known.remoteMode;

/** The stamp of an entry that has one. */
export const stampOf = (entry: Entry | undefined): string | undefined =>
  entry && 'stamp' in entry ? entry.stamp : undefined;

/** Negative when `a` is earlier than `b`. */
export const compareTime = (a: Time, b: Time): number => a.s - b.s || a.ns - b.ns;

/** Whether a side still has the same, as far as can be told without content. */
export function isSameEntry(a: Entry, b: Entry): boolean {
  if (a.kind !== b.kind) return false;
  if ('stamp' in a && 'stamp' in b) return a.stamp === b.stamp;
  if (a.kind === 'other' && b.kind === 'other') return a.what === b.what;
  return a.kind === 'unreadable' && b.kind === 'unreadable' && a.reason === b.reason;
}
