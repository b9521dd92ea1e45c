import { valueAt, type Path } from '../path.js';
import { matches } from '../regexp.js';

/** Whether an item is meant by `[?(…)]`. */
export type Filter = (item: unknown) => boolean;

/**
 * The filter of a JSONPath: comparisons (`@.name == 'web'`, `!=`, `<`, `<=`, `>`, `>=`, `=~ /web-.+/`) and paths that have to be there (`@.helm`),
 * joined by `&&` and `||`, the first binding closer. Gives what is wrong with it as a text. It throws RegexpTooSlow.
 */
export function parseFilter(text: string): Filter | string {
  const inner = /^\((.*)\)$/s.exec(text)?.[1] ?? text;
  const alternatives: Filter[][] = [];
  for (const alternative of splitOutsideQuotes(inner, '||')) {
    const terms: Filter[] = [];
    for (const written of splitOutsideQuotes(alternative, '&&')) {
      const term = parseTerm(written.trim());
      if (typeof term === 'string') return term;
      terms.push(term);
    }
    alternatives.push(terms);
  }
  return (item) => alternatives.some((terms) => terms.every((term) => term(item)));
}

const TERM = /^(!?)@((?:\.[\w$-]+|\[(?:"[^"]*"|'[^']*'|\d+)\])*)\s*(?:(==|!=|=~|<=|>=|<|>)\s*(.+))?$/s;

function parseTerm(text: string): Filter | string {
  const match = TERM.exec(text);
  if (!match) return `the filter "${text}" is not understood; write it as @.name == 'web'`;
  const [, not, where = '', operator, right] = match;
  const path: Path = [...where.matchAll(/\.([\w$-]+)|\["([^"]*)"\]|\['([^']*)'\]|\[(\d+)\]/g)].map(
    ([, word, double, single, index]) =>
      index === undefined ? (word ?? double ?? single ?? '') : Number(index),
  );
  if (operator === undefined || right === undefined) {
    return (item) => (valueAt(item, path) !== undefined) !== (not === '!');
  }
  if (not === '!') return `the filter "${text}" is not understood; use != instead of !`;
  if (operator === '=~') {
    const pattern = patternOf(right.trim());
    if (typeof pattern === 'string') return pattern;
    return (item) => {
      const value = valueAt(item, path);
      return isScalar(value) && matches(pattern, String(value));
    };
  }
  const wanted = literal(right.trim());
  if (wanted === undefined) return `the filter compares with ${right.trim()}; put quotes around a text`;
  return (item) => compare(valueAt(item, path), operator, wanted.value);
}

function patternOf(text: string): RegExp | string {
  const written = /^\/(.*)\/(i?)$/s.exec(text);
  const [source, flags] = written ? [written[1] ?? '', written[2] ?? ''] : [literal(text)?.value, ''];
  if (typeof source !== 'string') return `=~ wants a regular expression such as /web-.+/, found ${text}`;
  try {
    return new RegExp(source, flags);
  } catch {
    return `${text} is no regular expression`;
  }
}

function literal(text: string): { value: string | number | boolean | null } | undefined {
  const quoted = /^(["'])(.*)\1$/s.exec(text);
  if (quoted) return { value: (quoted[2] ?? '').replaceAll(/\\(.)/gs, '$1') };
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return { value: Number(text) };
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  return text === 'null' ? { value: null } : undefined;
}

function compare(value: unknown, operator: string, wanted: string | number | boolean | null): boolean {
  switch (operator) {
    case '==':
      return value === wanted;
    case '!=':
      return value !== wanted;
    default:
      if (typeof value === 'number' && typeof wanted === 'number') return order(value, operator, wanted);
      return typeof value === 'string' && typeof wanted === 'string' && order(value, operator, wanted);
  }
}

/** A text, a number or a boolean. */
export function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

function order<T extends string | number>(value: T, operator: string, wanted: T): boolean {
  if (operator === '<') return value < wanted;
  if (operator === '<=') return value <= wanted;
  return operator === '>' ? value > wanted : value >= wanted;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quote: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (quote !== undefined) {
      if (char === '\\') at += 1;
      else if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '/' && /=~\s*$/.test(text.slice(start, at))) quote = '/';
    else if (text.startsWith(separator, at)) {
      parts.push(text.slice(start, at));
      start = at + separator.length;
      at = start - 1;
    }
  }
  return [...parts, text.slice(start)];
}
