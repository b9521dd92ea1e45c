/** Thrown when data would become far larger than any config is. */
export class TooLarge extends Error {}

/** How many values may still be made; long texts count as several. */
export class Budget {
  #left: number;

  constructor(values: number) {
    this.#left = values;
  }

  /** Throws {@link TooLarge} when nothing is left. */
  spend(value: unknown): void {
    this.#left -= costOf(value);
    if (this.#left < 0) throw new TooLarge();
  }
}

/** What a value costs, without what is in it. */
export function costOf(value: unknown): number {
  return typeof value === 'string' ? 1 + Math.floor(value.length / 50) : 1;
}
