import type { Failure } from '../../base/failure.js';
import type { Emit } from '../../report/events.js';
import type { Side } from '../core/entry.js';
import { visible } from '../../base/text-table.js';
import type { Skipped } from './skipped.js';

/** Warnings of a kind are collected this long, longer each time, and told as one. */
const waits = { firstMs: 100, longestMs: 30_000 } as const;
/** So many paths of a kind are named. */
const mostNamed = 5;

interface Warning {
  /** Warnings with the same kind are told together. */
  kind: string;
  code: string;
  path: string;
  /** The whole text for this path alone. */
  text: string;
  /** What is true of many paths: the sentence goes on after their number. */
  summary: string;
  hint: string | undefined;
}

interface Group {
  readonly first: Warning;
  readonly paths: Set<string>;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Says once of each path why it is not synced, and when that is over. People are warned, many of a kind with one warning that has their number
 * and the first few names.
 */
export class Warnings implements Disposable {
  readonly #emit: Emit;
  /** Path → kind of what was told. */
  readonly #failed = new Map<string, string>();
  /** Were told to keep changing: that they rested in between is no reason to tell it again. */
  readonly #restless = new Set<string>();
  readonly #skipped: Record<Side, Map<string, string>> = { local: new Map(), remote: new Map() };
  readonly #groups = new Map<string, Group>();
  readonly #waits = new Map<string, number>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** The path failed on its way. */
  failed(path: string, { code, message, hint }: Failure): void {
    const where = message.startsWith('In the container:') ? ' in the container' : '';
    const summary = `files could not be synced: ${reasons[code] ?? 'they failed'}${where}`;
    this.#add(this.#failed, { kind: `${code}${where}`, code, path, text: message, summary, hint });
  }

  /** Each side keeps its own content at the path. */
  differs(path: string): void {
    const until = 'each side keeps its own until one of them changes';
    this.#add(this.#failed, {
      kind: 'differs',
      code: 'SYNC_DIFFERS',
      path,
      text: `${visible(path)} is not the same on both sides; ${until}.`,
      summary: `files are not the same on both sides, and ${until}`,
      hint: undefined,
    });
  }

  /** The path cannot be synced on this side. */
  skipped(side: Side, path: string, { alone, many }: Skipped): void {
    const where = side === 'local' ? 'here' : 'in the container';
    this.#add(this.#skipped[side], {
      kind: `${side} ${many}`,
      code: 'SYNC_SKIPPED',
      path,
      text: `${visible(path)} (${where}) is not synced: ${visible(alone)}.`,
      summary: `paths (${where}) are not synced: ${many}`,
      hint: 'Add it to excludePaths.',
    });
  }

  /** The path went well, is equal or gone: when it fails again, that is news. */
  clear(path: string): void {
    if (this.#failed.delete(path)) this.#cleared(path);
  }

  /** What is there on this side can be synced, or is gone. */
  notSkipped(side: Side, path: string): void {
    if (this.#skipped[side].delete(path)) this.#cleared(path);
  }

  /** Tells what was collected. */
  flush(): void {
    for (const [kind, group] of this.#groups) this.#tell(kind, group);
  }

  [Symbol.dispose](): void {
    this.flush();
  }

  #cleared(path: string): void {
    if (this.#failed.has(path) || this.#skipped.local.has(path) || this.#skipped.remote.has(path)) return;
    this.#emit({ type: 'sync-problem', path, state: 'cleared' });
  }

  #add(told: Map<string, string>, warning: Warning): void {
    const { code, kind, path, text } = warning;
    if (told.get(path) === kind) return;
    told.set(path, kind);
    this.#emit({ type: 'sync-problem', path, state: 'found', code, text });
    if (code === 'SYNC_FILE_CHANGED') {
      if (this.#restless.has(path)) return;
      this.#restless.add(path);
    }
    let group = this.#groups.get(kind);
    if (group === undefined) {
      const wait = this.#waits.get(kind) ?? waits.firstMs;
      this.#waits.set(kind, Math.min(wait * 2, waits.longestMs));
      const fresh: Group = { first: warning, paths: new Set(), timer: undefined };
      fresh.timer = setTimeout(() => this.#tell(kind, fresh), wait);
      this.#groups.set(kind, (group = fresh));
    }
    group.paths.add(path);
  }

  #tell(kind: string, { first, paths, timer }: Group): void {
    clearTimeout(timer);
    this.#groups.delete(kind);
    const { code, hint } = first;
    const count = paths.size;
    const named = [...paths].slice(0, mostNamed).map(visible).join(', ');
    const rest = count > mostNamed ? ` and ${count - mostNamed} more` : '';
    this.#emit({
      type: 'warning',
      code,
      text: count === 1 ? first.text : `${count} ${first.summary}: ${named}${rest}.`,
      ...(count === 1 ? { subject: first.path } : {}),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

const reasons: Record<string, string> = {
  SYNC_PERMISSION: 'permission denied',
  SYNC_FILE_CHANGED: 'they keep changing; they are copied as soon as they rest for a moment',
  SYNC_NO_SPACE: 'no space left',
  SYNC_DIR_IN_THE_WAY: 'a directory is in the way',
  SYNC_UNSAFE_PATH: 'they lie behind a symlink',
};
