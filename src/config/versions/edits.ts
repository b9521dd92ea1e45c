import type { Diagnostic, DiagnosticCode } from '../diagnostic.js';
import { found } from '../expected.js';
import type { Origins } from '../origins.js';
import { itemsAt, valueAt, type Path } from '../path.js';
import type { ConfigSource } from '../source.js';

type Holder = Record<string, unknown>;

/**
 * Changes a config tree in place while it is brought to another version, and keeps its {@link Origins}. Paths are those of the tree as it is at
 * that moment; diagnostics point at the file.
 */
export class Edits {
  readonly root: unknown;
  readonly #source: ConfigSource;
  readonly #origins: Origins;
  readonly warnings: Diagnostic[] = [];
  readonly problems: Diagnostic[] = [];

  /** `source` is derived from `root`. */
  constructor(source: ConfigSource, root: unknown, origins: Origins) {
    this.root = root;
    this.#source = source;
    this.#origins = origins;
  }

  at(path: Path): unknown {
    return valueAt(this.root, path);
  }

  /** What is in the list or map at `path`; nothing when something else is there, which the schema complains of. */
  items(path: Path): { path: Path; value: unknown }[] {
    return itemsAt(this.root, path);
  }

  /** The entries of the list or map at `path`, a key that the schema does not know; another thing there is a problem, and none. */
  entries(path: Path, kind: 'list' | 'map'): { path: Path; value: unknown }[] {
    const value = this.at(path);
    if (value === undefined || value === null) return [];
    if (typeof value === 'object' && Array.isArray(value) === (kind === 'list'))
      return itemsAt(this.root, path);
    const expected = kind === 'list' ? 'a list' : 'names with values';
    this.problem('CONFIG_INVALID', path, `expected ${expected}, found ${found(value)}`);
    this.remove(path);
    return [];
  }

  /** Moves what is at `from`; nothing happens when nothing is there. What is at `to` already is a problem. */
  move(from: Path, to: Path): void {
    const value = this.at(from);
    if (value === undefined) return;
    if (value === null) return this.remove(from);
    const taken = this.at(to);
    if (taken !== undefined && taken !== null) {
      const name = String(this.#origins.originOf(this.root, to).at(-1));
      this.problem('CONFIG_INVALID', from, `cannot be used together with ${name}`, 'keep one of the two');
      return this.remove(from);
    }
    const holder = this.#holder(from.slice(0, -1));
    const target = this.#parentFor(to, this.#origins.originOf(this.root, from));
    if (!holder || !target) return;
    this.#origins.move(holder, String(from.at(-1)), target, String(to.at(-1)));
  }

  /** Sets what devspace made, because of what is at `cause`. */
  set(path: Path, value: unknown, cause: Path): void {
    const origin = this.#origins.originOf(this.root, cause);
    const target = this.#parentFor(path, origin);
    if (!target) return;
    const key = String(path.at(-1));
    if (typeof value === 'object' && value !== null) this.#origins.made(value, origin);
    target[key] = value;
    this.#origins.note(target, key, origin);
  }

  /** A copy of what is at `from`, with its origins. */
  copy(from: Path, to: Path): void {
    const value = this.at(from);
    const origin = this.#origins.originOf(this.root, from);
    const target = this.#parentFor(to, origin);
    if (value === undefined || !target) return;
    target[String(to.at(-1))] = this.#origins.copy(value);
    this.#origins.note(target, String(to.at(-1)), origin);
  }

  /** Appends an entry, made because of what is at `cause`, to the list at `list`; returns its path. */
  append(list: Path, entry: unknown, cause: Path): Path {
    const origin = this.#origins.originOf(this.root, cause);
    let items = this.at(list);
    if (!Array.isArray(items)) {
      this.set(list, [], cause);
      items = this.at(list);
    }
    if (!Array.isArray(items)) return list;
    if (typeof entry === 'object' && entry !== null && !this.#origins.knows(entry))
      this.#origins.made(entry, origin);
    this.#origins.splice(items, items.length, 0, [entry], origin);
    return [...list, items.length - 1];
  }

  remove(path: Path): void {
    const parent = this.at(path.slice(0, -1));
    const key = path.at(-1);
    if (Array.isArray(parent)) this.#origins.splice(parent, Number(key), 1, [], []);
    else if (typeof parent === 'object' && parent !== null) delete (parent as Holder)[String(key)];
  }

  warn(path: Path, message: string, hint?: string): void {
    this.warnings.push(this.#source.diagnose('CONFIG_IGNORED', path, message, { part: 'key', hint }));
  }

  problem(
    code: DiagnosticCode,
    path: Path,
    message: string,
    hint?: string,
    part: 'key' | 'value' = 'value',
  ): void {
    this.problems.push(this.#source.diagnose(code, path, message, { part, hint }));
  }

  #holder(path: Path): Holder | undefined {
    const value = this.at(path);
    return typeof value === 'object' && value !== null ? (value as Holder) : undefined;
  }

  /** Makes what is missing on the way. Undefined when something else is in the way; the schema complains of that. */
  #parentFor(path: Path, origin: Path): Holder | undefined {
    let at = this.root as Holder;
    for (const key of path.slice(0, -1)) {
      const next = Object.hasOwn(at, key) ? at[key] : undefined;
      if (next === undefined || next === null) {
        at[key] = this.#origins.made({}, origin);
        at = at[key] as Holder;
      } else if (typeof next === 'object') at = next as Holder;
      else return undefined;
    }
    return at;
  }
}
