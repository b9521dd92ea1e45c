import { scalarValue } from '../base/plain-scalar.js';
import type { Path } from './path.js';

/**
 * Plain data (no shared objects, nothing undefined) as YAML that every reader of YAML 1.1 and 1.2 takes for the same. `remark`: what to say behind a
 * single value.
 */
export function blockYaml(
  value: object,
  remark: (path: Path) => string | undefined = () => undefined,
): string {
  const lines: string[] = [];
  write(value, [], '', '', lines, (path) => {
    const text = remark(path);
    return text === undefined ? '' : ` # ${text.replaceAll(/\s+/g, ' ')}`;
  });
  return `${lines.join('\n')}\n`;
}

/** `head` is what stands in front of the value: a key or a dash, with its indentation. */
function write(
  value: unknown,
  path: Path,
  indent: string,
  head: string,
  lines: string[],
  comment: (path: Path) => string,
): void {
  if (typeof value !== 'object' || value === null) {
    const [first = '', ...rest] = scalarLines(value);
    lines.push(`${head}${first}${comment(path)}`);
    for (const line of rest) lines.push(line === '' ? '' : `${indent}${line}`);
    return;
  }
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  if (entries.length === 0) {
    lines.push(`${head}${Array.isArray(value) ? '[]' : '{}'}`);
    return;
  }
  // The first entry below a dash stands behind it.
  let before = head.endsWith('- ') ? head : indent;
  if (before === indent && head !== '') lines.push(head.trimEnd());
  for (const [key, item] of entries) {
    const isBlock = typeof item === 'object' && item !== null && Object.keys(item).length > 0;
    let name = typeof key === 'number' ? '' : keyText(key);
    if (name.length > LONGEST_KEY) {
      lines.push(`${before}? ${name}`);
      [before, name] = [indent, ''];
    }
    const mark = typeof key === 'number' ? '- ' : isBlock ? ':' : ': ';
    write(item, [...path, key], `${indent}  `, `${before}${name}${mark}`, lines, comment);
    before = indent;
  }
}

/** A longer one has to be announced; YAML's own limit is 1024. */
const LONGEST_KEY = 1000;
// Words of YAML 1.1 that are no texts there.
const WORDS = /^(?:y|n|yes|no|on|off)$/i;
const SIMPLE = /^(?:[A-Za-z_./$][ -"$-~\u00a1-\u1fff]*|\d+[A-Za-z]+)$/;
/** What a block text cannot hold, or hide. */
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\p{Cs}]/u;

function isSimple(text: string): boolean {
  return SIMPLE.test(text) && scalarValue(text) === text && !WORDS.test(text) && !/: |[: ]$/.test(text);
}

function keyText(key: string): string {
  return isSimple(key) ? key : quoted(key);
}

function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    // oxlint-disable-next-line no-control-regex
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The first line of a single value, and those below it without their indentation. */
function scalarLines(value: unknown): string[] {
  if (typeof value === 'number') return [numberText(value)];
  if (typeof value !== 'string') return [String(value)];
  if (isSimple(value)) return [value];
  // Blanks at the start or end of lines would be lost, or seen by nobody.
  if (!/\n./s.test(value) || /^\s|[ \n]$| \n/.test(value.replace(/\n$/, '')) || UNPRINTABLE.test(value))
    return [quoted(value)];
  return [value.endsWith('\n') ? '|' : '|-', ...value.replace(/\n$/, '').split('\n')];
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
