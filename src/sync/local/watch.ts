import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

import { systemCode } from '../../base/failure.js';
import { joinPath, nameOf } from '../core/path.js';

/**
 * Tells where to look; the look itself decides. Hints may be too many, never of what is excluded and never promised to be complete: after a
 * burst the caller scans once more.
 */
export interface LocalWatch extends Disposable {
  /** A directory was found: watch it, from now on. `identity` changes when another directory takes its place. True when it is newly watched. */
  add(path: string, identity: string): boolean;
  /** Nothing, or no directory, is there any more; also for all below. */
  drop(path: string): void;
}

export interface WatchEvents {
  /** `written`: the content or attributes of something known; else something appeared or went. */
  hint(path: string, written: boolean): void;
  /** The system does not let us watch any more directories: the caller must scan now and then. */
  limited(): void;
}

/** Linux: one inotify watch per directory (a recursive fs.watch there is slower and keeps a watch per file); elsewhere one recursive watch. */
export function openWatch(root: string, events: WatchEvents, platform = process.platform): LocalWatch {
  return platform === 'darwin' || platform === 'win32'
    ? new RecursiveWatch(root, events, platform === 'win32')
    : new DirectoryWatches(root, events);
}

class DirectoryWatches implements LocalWatch {
  readonly #root: string;
  readonly #events: WatchEvents;
  readonly #watches = new Map<string, { watcher: FSWatcher; identity: string }>();
  #limited = false;
  #closed = false;

  constructor(root: string, events: WatchEvents) {
    this.#root = root;
    this.#events = events;
  }

  add(path: string, identity: string): boolean {
    // A look that has begun goes on for a moment after the end.
    if (this.#closed) return false;
    const known = this.#watches.get(path);
    if (known?.identity === identity) return false;
    known?.watcher.close();
    this.#watches.delete(path);
    if (this.#limited) return true;
    try {
      const watcher = watch(join(this.#root, path), (type, name) => {
        // The directory's own end comes under its own name. Where an inode is given away again at once, this is how a successor is noticed.
        if (type === 'rename' && name === nameOf(path)) this.#suspect(path, watcher);
        this.#events.hint(name === null ? path : joinPath(path, name), type === 'change');
      });
      watcher.on('error', () => this.#events.hint(path, false));
      this.#watches.set(path, { watcher, identity });
    } catch (error) {
      const code = systemCode(error);
      // ENOENT and the like: gone already, and its parent tells so.
      if (code === 'ENOSPC' || code === 'EMFILE' || code === 'ENOMEM') {
        this.#limited = true;
        this.#events.limited();
      }
    }
    return true;
  }

  /** What is at the path next is to be watched anew. */
  #suspect(path: string, watcher: FSWatcher): void {
    const known = this.#watches.get(path);
    if (known?.watcher !== watcher) return;
    known.identity = '';
    this.#events.hint(path, false);
  }

  drop(path: string): void {
    const watch = this.#watches.get(path);
    if (watch === undefined) return;
    watch.watcher.close();
    this.#watches.delete(path);
    // Watched directories below are found by their names; few are dropped, so a pass over all is cheap enough.
    for (const [below, { watcher }] of this.#watches) {
      if (!below.startsWith(`${path}/`)) continue;
      watcher.close();
      this.#watches.delete(below);
    }
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    for (const { watcher } of this.#watches.values()) watcher.close();
    this.#watches.clear();
  }
}

class RecursiveWatch implements LocalWatch {
  readonly #watcher: FSWatcher;
  readonly #directories = new Map<string, string>();

  constructor(root: string, events: WatchEvents, backslashes: boolean) {
    this.#watcher = watch(root, { recursive: true }, (type, name) => {
      const path = backslashes ? name?.replaceAll('\\', '/') : name;
      events.hint(path ?? '', type === 'change');
    });
    this.#watcher.on('error', () => events.hint('', false));
  }

  add(path: string, identity: string): boolean {
    if (this.#directories.get(path) === identity) return false;
    this.#directories.set(path, identity);
    return true;
  }

  drop(path: string): void {
    this.#directories.delete(path);
    for (const below of this.#directories.keys())
      if (below.startsWith(`${path}/`)) this.#directories.delete(below);
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }
}
