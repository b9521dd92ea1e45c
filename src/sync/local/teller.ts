import type { Entry, Observed } from '../core/entry.js';
import type { EndpointEvents, Scanning } from '../endpoint.js';
import { withoutMode } from './traits.js';

/** Tells the session what was seen, in the form this file system warrants. Before it has a listener nothing is told. */
export class Teller {
  readonly #modeless: boolean;
  events: EndpointEvents | undefined;

  /** `modeless`: modes here mean nothing. */
  constructor(modeless: boolean) {
    this.#modeless = modeless;
  }

  plain<E extends Entry>(entry: E): E {
    return this.#modeless ? withoutMode(entry) : entry;
  }

  /** What own work has left at a path; gives it back as it was told. */
  one<E extends Entry | undefined>(path: string, entry: E): E {
    const plain = entry === undefined ? entry : this.plain(entry);
    this.events?.changed([named(path, plain)], []);
    return plain;
  }

  many(seen: readonly Observed[], suspects: readonly string[], byGit: boolean): void {
    const plain = this.#modeless ? seen.map(withoutMode) : seen;
    this.#as(byGit, () => this.events?.changed(plain, suspects));
  }

  /** What was not seen in a look around is gone. */
  end(scanning: Scanning | undefined, byGit: boolean): void {
    this.#as(byGit, () => scanning?.end());
  }

  #as(byGit: boolean, tell: () => void): void {
    if (byGit) this.events?.switching?.(true);
    try {
      tell();
    } finally {
      if (byGit) this.events?.switching?.(false);
    }
  }
}

export const named = (path: string, entry: Entry | undefined): Observed =>
  entry === undefined ? { path, kind: 'absent' } : { path, ...entry };
