import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * Whether git is changing the working tree a folder is in. Git holds `index.lock` from before its first look at the tree until the end, and
 * writes to it only when the tree is done: an empty one means that more changes are to come. (One that is not empty may stay for long: `git commit
 * -a` keeps it while the message is edited.)
 */
export class GitLock {
  readonly #root: string;
  readonly #now: () => number;
  #lock: string | undefined;

  constructor(root: string, now: () => number) {
    this.#root = root;
    this.#now = now;
  }

  /** Where it is while it is held; undefined: the folder is in no working tree. */
  get path(): string | undefined {
    this.#lock ??= findLock(this.#root);
    return this.#lock;
  }

  /** Milliseconds; undefined: it is not held. */
  heldForMs(): number | undefined {
    const { path } = this;
    if (path === undefined) return undefined;
    try {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined || !stats.isFile() || stats.size > 0) return undefined;
      return this.#now() - stats.ctimeMs;
    } catch {
      return undefined;
    }
  }
}

/** The folder may be a part of the repository; `.git` may be a file that says where the directory is (worktrees, submodules). */
function findLock(root: string): string | undefined {
  for (let at = root; ; at = dirname(at)) {
    const git = join(at, '.git');
    try {
      const stats = lstatSync(git, { throwIfNoEntry: false });
      if (stats?.isDirectory()) return join(git, 'index.lock');
      const named = stats?.isFile() ? /^gitdir: (.+)/.exec(readFileSync(git, 'utf8'))?.[1] : undefined;
      if (named !== undefined) return join(resolve(at, named.trimEnd()), 'index.lock');
    } catch {
      // Not allowed to look: as if there were none.
    }
    if (at === dirname(at)) return undefined;
  }
}
