const MIN_LENGTH = 4;
const MASK = '***';

/**
 * Texts that nobody is to see. Everything a run prints goes through it; who learns of a secret calls `hide`. Very short ones are not masked: they
 * would be found everywhere.
 */
export class Secrets {
  readonly #texts = new Set<string>();

  hide(text: string): void {
    if (text.length >= MIN_LENGTH) this.#texts.add(text);
    // Output comes line by line.
    if (text.includes('\n'))
      for (const line of text.split('\n')) if (line.length >= 2 * MIN_LENGTH) this.#texts.add(line);
  }

  mask(text: string): string {
    let masked = text;
    // The longest first: one may be part of another.
    for (const secret of [...this.#texts].toSorted((a, b) => b.length - a.length))
      masked = masked.replaceAll(secret, MASK);
    return masked;
  }

  /** All texts of plain data. */
  maskAll<T>(value: T): T {
    if (this.#texts.size === 0) return value;
    return this.#maskAll(value) as T;
  }

  #maskAll(value: unknown): unknown {
    if (typeof value === 'string') return this.mask(value);
    if (Array.isArray(value)) return value.map((item) => this.#maskAll(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#maskAll(item)]));
  }
}
