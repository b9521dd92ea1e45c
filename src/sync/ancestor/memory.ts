import { createHash } from 'node:crypto';
import { join } from 'node:path';

import { messageOf } from '../../base/failure.js';
import type { Emit } from '../../report/events.js';
import { Tombstones } from '../core/tombstones.js';
import type { KnownTable } from '../store/known-table.js';
import { type Identity, loadMemory, saveMemory } from './file.js';
import type { Memory, Recollection } from './recollection.js';

/** At most this long after a change the ancestor is on disk, unless saving takes more than a tenth of that. */
const saveWithinMs = 500;

/** The file of an ancestor: one for each pair of folders (`key` tells apart pairs that look the same). */
export function ancestorFile(stateDir: string, key: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest('hex');
  return ancestorOf(stateDir, digest.slice(0, 16));
}

/** The same for a pair whose digest is known, such as from the name of its record. */
export const ancestorOf = (stateDir: string, digest: string): string => join(stateDir, `${digest}.tree`);

export interface Recalled extends Recollection {
  /** The container is another one than before. */
  newContainer: boolean;
  /** The patterns changed since: what is missing now may only be excluded. */
  patternsChanged: boolean;
  /** The file says just this: it need not be written before something changes. */
  isSaved: boolean;
}

/**
 * Loads what a former session knew, cut down to what still holds: of another container nothing is known but what the local side had, and the other
 * way round. A damaged file is reported and counts as none. `loading`: the file, when reading it has already begun.
 */
export async function recall(
  file: string,
  identity: Identity,
  emit: Emit,
  loading = loadMemory(file),
): Promise<Recalled> {
  const loaded = await loading;
  if (loaded === 'damaged') {
    emit({
      type: 'warning',
      code: 'SYNC_STATE_DAMAGED',
      text: 'What was known from earlier syncs is damaged and is not used; both sides are compared anew and nothing is deleted.',
      subject: file,
    });
  }
  if (typeof loaded === 'string') {
    const nothing = { ancestor: { into: () => {} }, parked: new Map(), tombstones: new Tombstones() };
    return { ...nothing, newContainer: false, patternsChanged: false, isSaved: false };
  }
  const { parked, tombstones } = loaded;
  const sameLocal = loaded.identity.local === identity.local;
  const sameRemote = loaded.identity.remote === identity.remote;
  // Elsewhere stamps and absences have no meaning.
  if (!sameLocal || !sameRemote) parked.clear();
  if (!sameLocal) tombstones.clear();
  const patternsChanged = loaded.identity.patterns !== identity.patterns;
  const into = (table: KnownTable) => {
    if (!sameLocal && !sameRemote) return;
    loaded.ancestor.into(table);
    if (!sameLocal) table.forgetSide('local');
    if (!sameRemote) table.forgetSide('remote');
  };
  const isSaved = loaded.isLatest && sameLocal && sameRemote && !patternsChanged;
  return { ancestor: { into }, parked, tombstones, newContainer: !sameRemote, patternsChanged, isSaved };
}

/** Saves the ancestor soon after it changed, and on `flush`. One save at a time. */
export class Saver {
  readonly #save: () => Promise<void>;
  readonly #revision: () => number;
  readonly #emit: Emit;
  #saved: number;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #lastMs = 0;
  #warned = false;

  /** `isSaved`: the file says what the ledger does now. */
  constructor(
    file: string,
    identity: Identity,
    ledger: Memory & { revision: number },
    emit: Emit,
    isSaved = false,
  ) {
    this.#save = () => saveMemory(file, identity, ledger);
    this.#revision = () => ledger.revision;
    this.#emit = emit;
    this.#saved = isSaved ? ledger.revision : -1;
  }

  /** The ancestor may have changed. */
  touch(): void {
    if (this.#revision() === this.#saved) return;
    this.#timer ??= setTimeout(() => void this.flush(), Math.max(saveWithinMs, 10 * this.#lastMs));
  }

  /** Saves now what is not saved. Never throws: a failure is reported once. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#saving = this.#saving.then(async () => {
      const revision = this.#revision();
      if (revision === this.#saved) return;
      try {
        const began = performance.now();
        await this.#save();
        this.#lastMs = performance.now() - began;
        this.#saved = revision;
      } catch (error) {
        if (this.#warned) return;
        this.#warned = true;
        this.#emit({
          type: 'warning',
          code: 'SYNC_STATE_NOT_SAVED',
          text: `What sync knows cannot be saved: ${messageOf(error)}. The next start compares everything anew.`,
        });
      }
    });
    return this.#saving;
  }
}
