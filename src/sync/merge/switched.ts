/** What git changed on the local side, as one of very many, until it is carried over or changed again. */
export class Switched {
  readonly #paths = new Set<string>();
  /** Git is at work. */
  isOn = false;

  /** The path changed. */
  note(path: string): void {
    if (this.isOn) this.#paths.add(path);
    else this.#paths.delete(path);
  }

  has(path: string): boolean {
    return this.#paths.has(path);
  }

  delete(path: string): void {
    this.#paths.delete(path);
  }
}
