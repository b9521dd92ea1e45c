import type { Failure } from '../base/failure.js';
import type { TrashReason } from './trash/journal.js';
import type { DirectoryEntry, Entry, FileEntry, Observed, Side, SymlinkEntry } from './core/entry.js';

/**
 * One side of a sync: a directory tree here or in a container.
 *
 * Order: everything seen is told to the watch's events in the order it was seen, the results of own changes included (before their promise
 * resolves), so the last thing told of a path is the newest. Changes are made in the order of the calls, each checked against what the caller has seen; reads, hashes and scans run beside them.
 * Concurrency: any number of calls may be open; the caller bounds them.
 * Errors: a call that fails changes nothing and throws a Failure (codes in file-failure.ts: SYNC_FILE_CHANGED, SYNC_PERMISSION, …); the endpoint
 * stays usable. When the whole side is lost, every open call and every later one fails, and `failed` of the watch is told once.
 * Paths are relative to `root` and safe (core/path.ts); nothing outside the root is read or changed, nothing is followed through a symlink.
 * Closing: whoever opened the endpoint disposes it; open calls fail then.
 */
export interface Endpoint extends AsyncDisposable {
  readonly side: Side;
  /** Absolute and resolved. */
  readonly root: string;
  /** Starts telling. To be called once, before anything else, so that nothing is missed between. */
  watch(events: EndpointEvents): void;
  /** Looks at everything at and below the path and tells it, between one `scanning` and its `end`, before it resolves. */
  scan(path: string): Promise<void>;
  /** Hex SHA-256 of a file that still has this stamp. */
  hash(path: string, stamp: string): Promise<string>;
  /** Sends the content of a file that has this stamp, before and after reading, to the sink. */
  read(path: string, seen: FileEntry, sink: Sink): Promise<Content>;
  /**
   * Begins to replace what was `seen` (undefined: nothing) by a file. Nothing is visible before `commit`; missing parents are made. The
   * local side keeps what is replaced as told.
   */
  write(path: string, seen: Entry | undefined, meta: FileMeta, keeping?: Keeping): Incoming;
  mkdir(path: string, mode: number): Promise<DirectoryEntry>;
  symlink(path: string, seen: Entry | undefined, target: string, keeping?: Keeping): Promise<SymlinkEntry>;
  /** A directory must be empty. Locally the rest goes to the trash, where `why` is noted: tells where. */
  remove(path: string, seen: Entry, why?: TrashReason): Promise<string | undefined>;
  chmod(path: string, seen: Entry, mode: number): Promise<Entry>;
}

export interface EndpointEvents {
  /** `suspects`: files that may have changed although their stamp did not (two writes within one tick of the clock). */
  changed(seen: readonly Observed[], suspects: readonly string[]): void;
  /** A look at everything at and below the path begins. What is seen is told as `changed`, directories before what they hold. */
  scanning(path: string): Scanning;
  /**
   * What is told until `switching(false)` was done by git as one (a checkout, a reset, …). Where the other side has changed the same, this side wins.
   */
  switching?(on: boolean): void;
  /** Changes were missed: everything must be scanned again. */
  lost(): void;
  /** Told once, for people: watching works less well than it should. */
  degraded(text: string): void;
  /** The side is gone. */
  failed(failure: Failure): void;
}

/** A look around that is under way; one that fails is never ended. */
export interface Scanning {
  /** What was not told since the beginning is not there (any more), or excluded. */
  end(): void;
}

/** Told where replaced content is kept, relative to the root. */
export type Kept = (savedAs: string) => void;

/** What the local side does with what it replaces. */
export interface Keeping {
  /** Put it into the trash, in the same step, and tell where. */
  readonly kept?: Kept | undefined;
  /** Told where it is when it was not to be kept, but somebody wrote to it in the very last moment. */
  readonly late?: Kept | undefined;
}

/** Where content goes. `data` is awaited before more is sent; the chunk may be reused afterwards. */
export interface Sink {
  data(chunk: Buffer): void | Promise<void>;
}

export interface FileMeta {
  mode: number;
  mtime: FileEntry['mtime'];
  size: number;
}

export interface Content {
  hash: string;
  entry: FileEntry;
}

/** A file on its way to where an older version of it is. */
export interface Patchable extends Incoming {
  /** Takes a part of the version that is to be replaced as content. Fails like `commit` when that is not what was seen. */
  copy(offset: number, length: number): Promise<void>;
}

/** A file on its way. Exactly one of `commit` and `abort` ends it. */
export interface Incoming extends Sink {
  /** Checks the content against the hash, and that the target still is what was seen, then puts it in place with mode and mtime. */
  commit(hash: string): Promise<FileEntry>;
  abort(): void;
}
