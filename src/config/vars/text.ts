/** What a variable stands for. */
export type Value = string | number | boolean;

/** What a text becomes when its variables are filled in. */
export interface FilledText {
  readonly text: string;
  /** The variables in it that had a value, in order, each once. */
  readonly names: readonly string[];
  /** Of a text that is one variable and nothing else: its value, with its type. */
  readonly whole: Value | undefined;
  /** `$!{NAME}`: it stays a text, whatever it looks like. */
  readonly forced: boolean;
}

// Other braces belong to shells: ${name:-default}. The pattern of DevSpace from 5.16 on.
const VARIABLE = /(\$+)(!?)\{([a-zA-Z0-9\-_.]+)\}/g;

/** Whether `${name}` is a variable. */
export function isVariableName(name: string): boolean {
  return /^[a-zA-Z0-9\-_.]+$/.test(name);
}

/** The variables that `text` uses, in order, each once; `$${NAME}` is none. */
export function namesIn(text: string): string[] {
  const names = new Set<string>();
  for (const [, dollars, , name] of text.matchAll(VARIABLE)) if (dollars === '$' && name) names.add(name);
  return [...names];
}

/** Whether filling it in would change `text`. */
export function hasVariables(text: string): boolean {
  return text.includes('{') && text.search(VARIABLE) !== -1;
}

/** Longer than any text of a config: variables that are made of variables could grow without end. */
export const MOST_CHARACTERS = 1_000_000;

/** Thrown when a text would become longer than {@link MOST_CHARACTERS}. */
export class TextTooLong extends Error {}

/** Fills in the variables that `lookup` knows and leaves the others. `$${NAME}` loses one `$`. Throws {@link TextTooLong}. */
export function fillText(text: string, lookup: (name: string) => Value | undefined): FilledText {
  const names = new Set<string>();
  let forced = false;
  let whole: Value | undefined;
  let length = 0;
  const filled = text.replaceAll(
    VARIABLE,
    (match: string, dollars: string, bang: string, name: string): string => {
      if (dollars.length > 1) return match.slice(1);
      const value = lookup(name);
      if (value === undefined) return match;
      names.add(name);
      length += String(value).length;
      if (length > MOST_CHARACTERS) throw new TextTooLong();
      forced ||= bang === '!';
      if (match === text) whole = value;
      return String(value);
    },
  );
  return { text: filled, names: [...names], whole, forced };
}

/** The text that loads as `text`: what looks like a variable in it gets another `$`. */
export function escapeVariables(text: string): string {
  return text.replaceAll(VARIABLE, (match) => `$${match}`);
}

/**
 * What a text from a variable is where anything may stand: a whole number or a boolean when it is written exactly as YAML 1.2 would print it.
 * So `0123`, `1e3`, `yes` and numbers that lose digits stay texts.
 */
export function guessType(text: string): Value {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) && String(number) === text ? number : text;
}
