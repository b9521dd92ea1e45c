/** Thrown at the first thing that is for a reader who knows all of YAML. */
export class Unusual extends Error {}

const NULL = /^(?:~|null|Null|NULL)$/;
const BOOLEAN = /^(?:true|True|TRUE|false|False|FALSE)$/;
/** A number in one of its many notations; that which all readers take for the same. */
const NUMBERISH = /^[-+]?(?:\d[\d_.eE+-]*|0[xob][\da-fA-F_]*|\.\d[\d_eE+-]*|\.(?:inf|nan))$/i;
const DECIMAL = /^(?:0|-?[1-9]\d{0,14})(?:\.\d{1,15})?$/;
const DOUBLE_QUOTED = /"(?:[^"\\\r\n]|\\["\\/bfnrt])*"/y;
const SINGLE_QUOTED = /'(?:[^'\r\n]|'')*'/y;

/** What a text without quotes stands for, as YAML 1.2 has it. Throws {@link Unusual} where versions of YAML differ. */
export function plainScalar(text: string): string | number | boolean | null {
  const first = text.charCodeAt(0);
  // Most texts start with a letter that begins none of the words above, and are no number either.
  if (first > 0x39 && !'nNtTfF~<'.includes(text[0] ?? '')) return text;
  if (NULL.test(text)) return null;
  if (BOOLEAN.test(text)) return text.length === 4;
  if (text === '<<' || (NUMBERISH.test(text) && !DECIMAL.test(text))) throw new Unusual();
  return DECIMAL.test(text) ? Number(text) : text;
}

/** The text in quotes that starts at `start`, in one line and with the escapes that JSON has too, and where it ends. */
export function quotedScalar(text: string, start: number): { value: string; end: number } {
  const isDouble = text[start] === '"';
  const pattern = isDouble ? DOUBLE_QUOTED : SINGLE_QUOTED;
  pattern.lastIndex = start;
  if (!pattern.test(text)) throw new Unusual();
  const end = pattern.lastIndex;
  const inner = text.slice(start + 1, end - 1);
  if (!isDouble) return { value: inner.replaceAll("''", "'"), end };
  return { value: inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner, end };
}
