import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

/** Builds and versions of Node whose code is kept side by side. */
const BUILDS = 4;

/**
 * What V8 has compiled, a file for each command:
 *
 *     <root>/<build>-<node>-<arch>/<command>   4 bytes CRC-32 (little endian), then V8's data
 *
 * V8 runs what is in there without looking at it, and crashes on what is damaged. So only files count that are the user's own, in folders that nobody
 * else may write, and that are whole. What is not counts as not being there: the run starts later, and is as good. V8 itself refuses what another
 * version or other flags have made.
 */
export class CodeCache {
  readonly #root: string;
  readonly #folder: string;

  /** `build` names the program, of which V8 compares the length only. `root` need not exist. */
  constructor(root: string, build: string) {
    this.#root = root;
    this.#folder = join(root, `${build}-${process.version}-${process.arch}`);
  }

  /** The code for the first word of `argv` that is a command of which there is any, else for some other command, which is better than none. */
  find(argv: readonly string[]): { command: string; data: Buffer } | undefined {
    try {
      if (!isOwn(statSync(this.#root)) || !isOwn(statSync(this.#folder))) return undefined;
      const known = new Set(readdirSync(this.#folder).filter((name) => !name.startsWith('.')));
      const command = argv.find((word) => known.has(word)) ?? [...known][0];
      const data = command === undefined ? undefined : readOwn(join(this.#folder, command));
      return command === undefined || data === undefined ? undefined : { command, data };
    } catch {
      return undefined;
    }
  }

  /** Keeps it for the next run of `command`. Where it cannot be written, nothing happens. */
  keep(command: string, data: Buffer): void {
    try {
      makeOwnFolder(this.#folder);
      const sum = Buffer.alloc(4);
      sum.writeUInt32LE(crc32(data));
      replaceFile(join(this.#folder, command), Buffer.concat([sum, data]));
      this.#forgetOld();
    } catch {
      // The next run starts as late as this one.
    }
  }

  #forgetOld(): void {
    const age = (name: string): number => statSync(join(this.#root, name)).mtimeMs;
    const old = readdirSync(this.#root)
      .toSorted((a, b) => age(b) - age(a))
      .slice(BUILDS);
    for (const name of old) rmSync(join(this.#root, name), { recursive: true, force: true });
  }
}

function readOwn(file: string): Buffer | undefined {
  const opened = openSync(file, 'r');
  try {
    if (!isOwn(fstatSync(opened))) return undefined;
    const bytes = readFileSync(opened);
    const data = bytes.subarray(4);
    return bytes.readUInt32LE() === crc32(data) ? data : undefined;
  } finally {
    closeSync(opened);
  }
}

/** Nobody else can have written it. (Windows has no such modes; there the place of the folder is what protects it.) */
function isOwn({ mode, uid }: Stats): boolean {
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

/** In one step: other runs may be reading or writing it. */
function replaceFile(file: string, bytes: Buffer): void {
  const draft = join(dirname(file), `.${basename(file)}-${process.pid}`);
  try {
    writeFileSync(draft, bytes, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Makes it and the folders above it that are missing. Throws where the place is not the user's own: with sudo the home may be somebody else's, who
 * could not use what root leaves there.
 */
function makeOwnFolder(path: string): void {
  if (!existsSync(path)) {
    makeOwnFolder(dirname(path));
    // Not `recursive`: in some places (/proc) Node 20 then tries for ever.
    mkdirSync(path, { mode: 0o700 });
  }
  if (!isOwn(statSync(path))) throw new Error(`${path} is not the user's own`);
}
