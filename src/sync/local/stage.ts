import { randomBytes } from 'node:crypto';
import { readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';

import { systemCode } from '../../base/failure.js';
import { makeDirectory } from './make-directory.js';

const stagePath = '.devspace/sync/stage';

/** A directory for files on their way, inside the root so that moving them into place is a rename. Made when first needed. */
export class Stage implements Disposable {
  readonly #root: string;
  readonly #directory: string;
  readonly #name = `${process.pid}-${randomBytes(4).toString('hex')}`;
  #made = false;
  #count = 0;

  constructor(root: string) {
    this.#root = root;
    this.#directory = join(root, stagePath, this.#name);
  }

  /** An absolute path no one else uses. */
  next(): string {
    if (!this.#made) {
      makeDirectory(this.#root, `${stagePath}/${this.#name}`);
      this.#made = true;
      this.#sweep();
    }
    return `${this.#directory}${sep}${this.#count++}`;
  }

  /** Removes what is left, and the directories above when nothing else is in them. */
  [Symbol.dispose](): void {
    if (!this.#made) return;
    rmSync(this.#directory, { recursive: true, force: true });
    for (const directory of [stagePath, '.devspace/sync', '.devspace']) {
      try {
        rmdirSync(join(this.#root, directory));
      } catch {
        return;
      }
    }
  }

  /** Leftovers of runs that were killed. */
  #sweep(): void {
    for (const name of readdirSync(join(this.#root, stagePath))) {
      if (name !== this.#name && !isAlive(Number.parseInt(name, 10)))
        rmSync(join(this.#root, stagePath, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
