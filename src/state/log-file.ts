import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { notWritten, stateFolder } from './folder.js';

/** A log of the project. Whoever opens it disposes it, which writes out what is pending. */
export interface LogFile extends AsyncDisposable {
  readonly path: string;
  /** Never throws and never waits: a log that cannot be written must not stop the run. */
  write(level: string, msg: string, fields?: Readonly<Record<string, string>>): void;
}

export interface LogFileOptions {
  /** At this size the log becomes `<name>.log.old` and starts anew (default 10 MB). */
  readonly maxBytes?: number | undefined;
  /** Told once, when the log can no longer be written. */
  readonly onError?: ((error: unknown) => void) | undefined;
  readonly now?: (() => Date) | undefined;
}

/** While the disk is slower than the log, this much waits in memory; what comes then is left out and counted. */
const MAX_PENDING = 4 * 1024 * 1024;

/**
 * Opens `.devspace/logs/<name>.log` for appending lines of JSON: `{"level","msg","time"}` and the fields given. `name` is one of ours, not a user's text.
 * Failure: STATE_NOT_WRITTEN.
 */
export async function openLogFile(
  root: string,
  name: string,
  options: LogFileOptions = {},
): Promise<LogFile> {
  const folder = join(await stateFolder(root), 'logs');
  const path = join(folder, `${name}.log`);
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(path, 'a');
    return new JsonLog(path, handle, (await handle.stat()).size, options);
  } catch (error) {
    throw notWritten(path, error);
  }
}

class JsonLog implements LogFile {
  readonly path: string;
  #handle: FileHandle;
  #size: number;
  #pending: string[] = [];
  #pendingLength = 0;
  #leftOut = 0;
  #writing: Promise<void> | undefined;
  #broken = false;
  readonly #options: LogFileOptions;

  constructor(path: string, handle: FileHandle, size: number, options: LogFileOptions) {
    this.path = path;
    this.#handle = handle;
    this.#size = size;
    this.#options = options;
  }

  write(level: string, msg: string, fields?: Readonly<Record<string, string>>): void {
    if (this.#broken) return;
    if (this.#pendingLength > MAX_PENDING) {
      this.#leftOut++;
      return;
    }
    this.#push(level, msg, fields);
    this.#writing ??= this.#drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    this.#broken = true;
    await this.#handle.close().catch(() => {});
  }

  #push(level: string, msg: string, fields?: Readonly<Record<string, string>>): void {
    const time = (this.#options.now?.() ?? new Date()).toISOString();
    const line = `${JSON.stringify({ ...fields, level, msg, time })}\n`;
    this.#pending.push(line);
    this.#pendingLength += line.length;
  }

  async #drain(): Promise<void> {
    try {
      while (this.#pending.length > 0) {
        const text = this.#pending.join('');
        this.#pending = [];
        this.#pendingLength = 0;
        await this.#rotate();
        const bytes = Buffer.from(text);
        await this.#handle.writeFile(bytes);
        this.#size += bytes.length;
        if (this.#leftOut > 0) this.#push('warn', `${this.#leftOut} lines left out: the disk is too slow`);
        this.#leftOut = 0;
      }
    } catch (error) {
      this.#broken = true;
      this.#options.onError?.(error);
    } finally {
      this.#writing = undefined;
    }
  }

  async #rotate(): Promise<void> {
    if (this.#size < (this.#options.maxBytes ?? 10 * 1024 * 1024)) return;
    await this.#handle.close();
    await rename(this.path, `${this.path}.old`);
    this.#handle = await open(this.path, 'a');
    this.#size = 0;
  }
}
