import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeAtomic } from './atomic-write.js';
import { stateFolder } from './folder.js';

/** At most this long after a change the file tells it. */
const writeWithinMs = 750;

/**
 * Writes what changes often to a file below `<root>/.devspace`, as JSON and in one step each time. Never throws: what cannot be written is tried again
 * at the next change. Disposing writes what is not written.
 */
export class RecordWriter implements AsyncDisposable {
  readonly #root: string;
  readonly #file: string;
  readonly #record: () => unknown;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isWritten = true;

  constructor(root: string, file: string, record: () => unknown) {
    this.#root = root;
    this.#file = file;
    this.#record = record;
  }

  /** The record has changed: it is written soon, together with what changes until then. */
  soon(): void {
    this.#isWritten = false;
    this.#timer ??= setTimeout(() => void this.#write(), writeWithinMs);
  }

  /** The record has changed: it is written at once. */
  now(): Promise<void> {
    this.#isWritten = false;
    return this.#write();
  }

  #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(async () => {
      if (this.#isWritten) return;
      this.#isWritten = true;
      try {
        await stateFolder(this.#root);
        await mkdir(dirname(this.#file), { recursive: true });
        await writeAtomic(this.#file, `${JSON.stringify(this.#record())}\n`, { mode: 0o600 });
      } catch {
        // The next change tries again.
      }
    });
    return this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#write();
  }
}
