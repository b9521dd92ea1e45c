import { isScalar, parseFilter, type Filter } from './filter.js';

/** One step of the path of a patch. Several values may fit one step. */
export type Step =
  | { readonly kind: 'key'; readonly key: string }
  /** Behind the last item of a list. */
  | { readonly kind: 'end' }
  /** Every value of an object or list. */
  | { readonly kind: 'all' }
  /** Every value below, at any depth, and the place itself. */
  | { readonly kind: 'below' }
  /** The values that `filter` accepts. */
  | {
      readonly kind: 'filter';
      readonly filter: Filter;
      readonly written: string;
      /** What a key is to be, in the short form `key=value`. */
      readonly value?: string;
    };

export interface PatchPath {
  readonly steps: readonly Step[];
  /** Written as a JSON pointer: adding to a list there takes its place instead of appending. */
  readonly pointer: boolean;
}

/** What is wrong with a path, and where in it. */
export class PatchPathError extends Error {}

/**
 * Understands every way that DevSpace ever took: JSON pointers (`/dev/ports/0/~1x`), dots and brackets (`dev.ports[0]`, `images["a.b"]`), slashes
 * without the first one, selectors (`deployments.name=web.helm`) and JSONPath (`$.deployments[?(@.name=='web')].*`, `$..image`).
 * Throws {@link PatchPathError}.
 */
export function parsePatchPath(text: string): PatchPath {
  if (text.startsWith('/')) return { steps: text.slice(1).split('/').map(pointerStep), pointer: true };
  if (/^[^.[\]$?]+(?:\/[^.[\]$?]+)+$/.test(text) && !text.includes('='))
    return { steps: text.split('/').map(pointerStep), pointer: true };
  return { steps: dotted(text), pointer: false };
}

function pointerStep(token: string): Step {
  return plainStep(token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function keyStep(key: string): Step {
  if (key === '__proto__') throw new PatchPathError('a key cannot be called "__proto__"');
  return { kind: 'key', key };
}

function plainStep(text: string): Step {
  if (text === '-') return { kind: 'end' };
  if (text === '*') return { kind: 'all' };
  const selector = /^([^=!<>~\s]+)=(?!=)(.*)$/s.exec(text);
  if (selector) {
    const [, key = '', value = ''] = selector;
    return { kind: 'filter', filter: (item) => textOf(item, key) === value, written: text, value };
  }
  return keyStep(text);
}

function textOf(item: unknown, key: string): string | undefined {
  if (typeof item !== 'object' || item === null || !Object.hasOwn(item, key)) return undefined;
  const value = (item as Record<string, unknown>)[key];
  return isScalar(value) ? String(value) : undefined;
}

function dotted(text: string): Step[] {
  const steps: Step[] = [];
  let at = text.startsWith('$') ? 1 : 0;
  while (at < text.length) {
    if (text.startsWith('..', at)) {
      steps.push({ kind: 'below' });
      at += 2;
      if (at === text.length) throw new PatchPathError(`a name is missing at character ${at + 1}`);
      continue;
    }
    if (text[at] === '[') {
      const end = closing(text, at);
      steps.push(bracket(text.slice(at + 1, end).trim()));
      at = end + 1;
      continue;
    }
    if (text[at] === '.') at += 1;
    const word = /^[^.[]*/.exec(text.slice(at))?.[0] ?? '';
    if (word === '' && text[at] === '[') continue;
    if (word === '') throw new PatchPathError(`a name is missing at character ${at + 1}`);
    steps.push(plainStep(word));
    at += word.length;
  }
  if (steps.length === 0) throw new PatchPathError('it names nothing');
  return steps;
}

/** The `]` of the bracket at `start`; what is in quotes or in a regular expression may hold brackets. */
function closing(text: string, start: number): number {
  let depth = 0;
  let quote: string | undefined;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quote !== undefined) {
      if (char === '\\') at += 1;
      else if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '/' && /=~\s*$/.test(text.slice(start, at))) quote = '/';
    else if (char === '[') depth += 1;
    else if (char === ']' && --depth === 0) return at;
  }
  throw new PatchPathError(`the [ at character ${start + 1} has no ]`);
}

function bracket(inner: string): Step {
  const quoted = /^(["'])(.*)\1$/s.exec(inner);
  if (quoted) return keyStep((quoted[2] ?? '').replaceAll(/\\(.)/gs, '$1'));
  if (inner.startsWith('?')) {
    const filter = parseFilter(inner.slice(1).trim());
    if (typeof filter === 'string') throw new PatchPathError(filter);
    return { kind: 'filter', filter, written: `[${inner}]` };
  }
  if (inner === '' || /^[^"'=]*[:,]/.test(inner)) {
    throw new PatchPathError(
      `[${inner}] is not supported; use an index, a key, * or a filter such as ?(@.name=='web')`,
    );
  }
  return plainStep(inner);
}
