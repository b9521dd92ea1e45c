/** The lines of a text; they count from 1. */
export class Lines {
  readonly #text: string;
  #found: readonly number[] | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line of an offset. */
  at(offset: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** The offset of its first character. */
  start(line: number): number {
    return this.#starts()[line - 1] ?? 0;
  }

  /** Without its line break. */
  text(line: number): string {
    const end = this.#starts()[line] ?? this.#text.length;
    return this.#text.slice(this.start(line), end).replace(/\r?\n$/, '');
  }

  #starts(): readonly number[] {
    return (this.#found ??= lineStarts(this.#text));
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
