import { runInThisContext } from 'node:vm';

/** A regular expression as configs have them: written for Go, so `(?i)` may stand in front. Undefined for what is none. */
export function regexpOf(text: string): RegExp | undefined {
  const inline = /^\(\?([ims]+)\)/.exec(text);
  try {
    return new RegExp(inline ? text.slice(inline[0].length) : text, `${inline?.[1] ?? ''}u`);
  } catch {
    try {
      // Without `u` needless escapes such as \- are fine.
      return new RegExp(inline ? text.slice(inline[0].length) : text, inline?.[1] ?? '');
    } catch {
      return undefined;
    }
  }
}

const MOST_MS = 1000;

/** Thrown when a regular expression would take very long for a text: some need time that doubles with every character. */
export class RegexpTooSlow extends Error {
  constructor(pattern: RegExp) {
    super(`the regular expression ${pattern.source} takes too long`);
  }
}

/**
 * Whether `pattern`, which has no state, fits `text`. V8 can be stopped in the middle of it, but only as a script of its own (0.2 ms). Throws {@link RegexpTooSlow}.
 */
export function matches(pattern: RegExp, text: string): boolean {
  const [source, flags, subject] = [pattern.source, pattern.flags, text].map((part) => JSON.stringify(part));
  try {
    return runInThisContext(`new RegExp(${source},${flags}).test(${subject})`, {
      timeout: MOST_MS,
    }) as boolean;
  } catch (error) {
    // Besides time it may run out of stack.
    throw error instanceof Error ? new RegexpTooSlow(pattern) : error;
  }
}
