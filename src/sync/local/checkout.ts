import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

import { GitLock } from './git-lock.js';

/** How often the lock is looked at while git works. */
const lookMs = 20;
/** Without any file event for so long, the lock is taken for one that a killed git left behind. */
const patienceMs = 30_000;
/** What is heard this soon after an event of the lock is git's. */
const recentMs = 50;

/**
 * Notices that git is changing the tree (a checkout, reset, stash, merge, …), so that all of it can be told at once and nothing is written between.
 * The lock is looked at, and watched for: when this process gets no turn meanwhile, git may have come and gone, but the system keeps the events
 * of all watches in their order, so the lock is heard of before what git did under it.
 */
export class Checkout implements Disposable {
  readonly #lock: GitLock;
  #lookedAt = -Infinity;
  #heardAt = -Infinity;
  #lockHeardAt = -Infinity;
  #watcher: FSWatcher | undefined;
  /** Left behind: not waited for until it has gone. */
  #stale = false;
  #running: { over: Promise<void>; end: () => void; timer: NodeJS.Timeout } | undefined;

  constructor(root: string, now: () => number = Date.now) {
    this.#lock = new GitLock(root, now);
  }

  /** From now on the lock is watched for, where that can be done; without it, git is noticed only in the act. */
  watch(): void {
    const { path } = this.#lock;
    if (path === undefined) return;
    try {
      this.#watcher = watch(dirname(path), (_, name) => {
        if (name === basename(path)) this.#lockHeardAt = performance.now();
      });
      this.#watcher.on('error', () => {});
    } catch {
      // Too many watches; those of the tree tell about that.
    }
  }

  /** A file event came. True: it is git's doing, as far as one can tell. */
  heard(): boolean {
    this.#heardAt = performance.now();
    return this.running() !== undefined || this.#heardAt - this.#lockHeardAt < recentMs;
  }

  /** While git is at work: settles when it is done. */
  running(): Promise<void> | undefined {
    if (this.#running) return this.#running.over;
    const now = performance.now();
    // Asked before each of very many changes.
    if (now - this.#lookedAt < 1) return undefined;
    this.#lookedAt = now;
    const ageMs = this.#lock.heldForMs();
    if (ageMs === undefined) this.#stale = false;
    else if (ageMs > patienceMs) this.#stale = true;
    if (ageMs === undefined || this.#stale) return undefined;
    this.#heardAt = now;
    return this.#follow();
  }

  [Symbol.dispose](): void {
    this.#watcher?.close();
    this.#end();
  }

  #follow(): Promise<void> {
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    let wasHeld = true;
    const timer = setInterval(() => {
      const isHeld = this.#lock.heldForMs() !== undefined;
      this.#stale = isHeld && performance.now() - this.#heardAt > patienceMs;
      // Once more after it has gone: the last events are on their way, or the next step of a rebase begins.
      if (this.#stale || (!isHeld && !wasHeld)) this.#end();
      wasHeld = isHeld;
    }, lookMs);
    this.#running = { over, end, timer };
    return over;
  }

  #end(): void {
    clearInterval(this.#running?.timer);
    this.#running?.end();
    this.#running = undefined;
  }
}
