/** Words that are no texts, in the three ways YAML 1.2 has them. */
export const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ['~', null],
  ['null', null],
  ['Null', null],
  ['NULL', null],
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);

/** What might be a number in one of its many notations. */
const NUMBERISH = /^[-+]?(?:\d[\d.eE+-]*|0[xo][\da-fA-F]*|\.\d[\deE+-]*|\.(?:inf|nan))$/i;
const DECIMAL = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

/** The value of a text without quotes; undefined for numbers in unusual notations. */
export function scalarValue(written: string): string | number | boolean | null | undefined {
  const word = WORDS.get(written);
  if (word !== undefined) return word;
  if (DECIMAL.test(written)) return Number(written);
  return NUMBERISH.test(written) || written === '<<' ? undefined : written;
}

/** The value of a text in quotes of which every escape is one of JSON, too. */
export function quotedValue(written: string): string {
  if (written.startsWith("'")) return written.slice(1, -1).replaceAll("''", "'");
  return written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
}

/** A key as it is written, quoted or not; undefined for one that is no text, or that objects treat in a way of their own. */
export function keyValue(written: string): string | undefined {
  const isQuoted = written.startsWith('"') || written.startsWith("'");
  const key = isQuoted ? written.slice(1, -1) : written;
  // Objects have numbers in front of their other keys.
  if (key === '__proto__' || /^\d/.test(key) || (!isQuoted && WORDS.has(key))) return undefined;
  return key;
}
