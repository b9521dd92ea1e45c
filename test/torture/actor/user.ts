import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Content, Deed } from '../records.js';
import { contentAt, contentOf, page } from './contents.js';
import { holdings } from './tree.js';

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;

/**
 * Does things to a tree as programs do, and tells exactly what each did although sync works in the same tree: what is removed is moved out of the
 * tree first and looked at then; what is replaced gets a second name outside before. What is not there (any more) throws, and nothing was done.
 */
export class User {
  readonly root: string;
  /** Beside the root, on the same file system. */
  readonly #outside: string;
  #count = 0;
  deeds: Deed[] = [];

  constructor(root: string, outside: string) {
    this.root = root;
    this.#outside = outside;
    mkdirSync(outside, { recursive: true });
  }

  /** Throws when it lies behind a link: what is there has another name. */
  absolute(path: string): string {
    for (let end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
      const above = lstatSync(join(this.root, path.slice(0, end)), { throwIfNoEntry: false });
      if (above?.isSymbolicLink()) throw new Error('behind a link');
    }
    return join(this.root, path);
  }

  begin(what: string): Deed {
    const deed: Deed = { at: Date.now(), what, made: [], gone: [], states: [] };
    this.deeds.push(deed);
    return deed;
  }

  /** A new file, at once there with all its content (a link never replaces anything). */
  create(deed: Deed, path: string, bytes: Buffer): void {
    const prepared = this.#prepare(bytes);
    try {
      deed.states.push(contentOf(bytes));
      linkSync(prepared, this.absolute(path));
      deed.made.push({ path, content: contentOf(bytes) });
    } finally {
      rmSync(prepared);
    }
  }

  /** A new file, first empty and then written. */
  createEmptyThenWrite(deed: Deed, path: string, bytes: Buffer): void {
    const fd = openSync(this.absolute(path), 'wx');
    try {
      deed.states.push(contentOf(Buffer.alloc(0)), contentOf(bytes));
      writeSync(fd, bytes);
      this.#madeThrough(fd, deed, path, bytes);
    } finally {
      closeSync(fd);
    }
  }

  /** Truncates, then writes. */
  rewrite(deed: Deed, path: string, bytes: Buffer): void {
    this.#through(deed, path, (fd) => {
      deed.states.push(contentOf(Buffer.alloc(0)), contentOf(bytes));
      ftruncateSync(fd);
      writeSync(fd, bytes, 0, bytes.length, 0);
      return bytes;
    });
  }

  /** Changes up to a page of it and leaves the rest. */
  patch(deed: Deed, path: string, change: (size: number) => { at: number; bytes: Buffer }): void {
    this.#through(deed, path, (fd, before) => {
      const { at, bytes } = change(before.length);
      const after = Buffer.concat([before.subarray(0, at), bytes, before.subarray(at + bytes.length)]);
      deed.states.push(contentOf(after));
      writeSync(fd, bytes, 0, bytes.length, at);
      return after;
    });
  }

  /** As many editors save: a new file is renamed over the old one. */
  replace(deed: Deed, path: string, bytes: Buffer): void {
    deed.states.push(contentOf(bytes));
    this.#renameOver(deed, this.#prepare(bytes), path);
    deed.made.push({ path, content: contentOf(bytes) });
  }

  symlink(deed: Deed, path: string, target: string): void {
    symlinkSync(target, this.absolute(path));
    deed.made.push({ path, content: `-> ${target}` });
  }

  /** Whatever is there, out of the tree in one step. */
  remove(deed: Deed, path: string): void {
    const taken = this.#name();
    renameSync(this.absolute(path), taken);
    deed.gone.push(...holdings(taken, path));
    rmSync(taken, { recursive: true, force: true });
  }

  /** A file or directory to another name, over what is there. */
  rename(deed: Deed, from: string, to: string): void {
    const isDirectory = lstatSync(this.absolute(from)).isDirectory();
    if (isDirectory) renameSync(this.absolute(from), this.absolute(to));
    else this.#renameOver(deed, this.absolute(from), to);
    for (const { path, content } of holdings(this.absolute(to), '')) {
      const below = path === '' ? '' : `/${path}`;
      deed.gone.push({ path: from + below, content });
      deed.made.push({ path: to + below, content });
    }
  }

  /** Opens a file for appending; each call appends and the last word is `end`. */
  appender(deed: Deed, path: string): { append: (bytes: Buffer) => void; end: () => void } {
    const fd = openSync(this.absolute(path), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW);
    let content = readFileSync(fd);
    deed.gone.push({ path, content: contentOf(content) });
    deed.states.push(contentOf(content));
    return {
      append: (bytes) => {
        const longer = Buffer.concat([content, bytes]);
        deed.states.push(contentOf(longer));
        writeSync(fd, bytes);
        content = longer;
      },
      end: () => {
        this.#madeThrough(fd, deed, path, content);
        closeSync(fd);
      },
    };
  }

  #through(deed: Deed, path: string, write: (fd: number, before: Buffer) => Buffer): void {
    const absolute = this.absolute(path);
    if (!lstatSync(absolute).isFile()) throw new Error('no file');
    const fd = openSync(absolute, O_RDWR | O_NOFOLLOW);
    try {
      const before = readFileSync(fd);
      if (before.length > 8 * 1024 * page) throw new Error('too large');
      deed.gone.push({ path, content: contentOf(before) });
      const after = write(fd, before);
      this.#madeThrough(fd, deed, path, after);
    } finally {
      closeSync(fd);
    }
  }

  /** What was written through a file that has lost its name meanwhile was never at the path. */
  #madeThrough(fd: number, deed: Deed, path: string, bytes: Buffer): void {
    const stats = fstatSync(fd);
    const there = lstatSync(this.absolute(path), { throwIfNoEntry: false });
    if (there?.ino === stats.ino) deed.made.push({ path, content: contentOf(bytes) });
  }

  #renameOver(deed: Deed, from: string, path: string): void {
    const old = this.#name();
    try {
      linkSync(this.absolute(path), old);
    } catch {
      // Nothing is there, or a directory, over which nothing can be renamed.
    }
    try {
      renameSync(from, this.absolute(path));
      const content: Content | undefined = contentAt(old);
      if (content !== undefined) deed.gone.push({ path, content });
    } finally {
      rmSync(old, { force: true });
    }
  }

  #prepare(bytes: Buffer): string {
    const name = this.#name();
    writeFileSync(name, bytes);
    return name;
  }

  #name(): string {
    return join(this.#outside, String(this.#count++));
  }
}
