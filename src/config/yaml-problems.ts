import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  visit,
  type Document,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { keyText, rangeOf } from './locate.js';
import type { Range, YamlProblem } from './source.js';

/** The parser's errors in words that say what to do. Errors that only follow from an earlier one are left out. */
export function syntaxProblems(document: Document, text: string): YamlProblem[] {
  const errors: YAMLError[] = [...document.errors, ...document.warnings];
  const exhausted = errors.find((error) => error.code === 'RESOURCE_EXHAUSTION');
  if (exhausted) return [{ code: 'CONFIG_SYNTAX', range: exhausted.pos, message: 'nested too deeply' }];
  const problems: YamlProblem[] = [];
  const lines = new Set<number>();
  for (const error of errors) {
    if (problems.length > 0 && error.code === 'UNEXPECTED_TOKEN') continue;
    const lineStart = text.lastIndexOf('\n', error.pos[0] - 1);
    if (lines.has(lineStart)) continue;
    lines.add(lineStart);
    problems.push({ code: 'CONFIG_SYNTAX', ...inWords(error, document, text) });
  }
  return problems;
}

function inWords(error: YAMLError, document: Document, text: string): Omit<YamlProblem, 'code'> {
  const range = error.pos;
  const written = text.slice(...range);
  const bracket = / end with a [}\]]$/.test(error.message)
    ? openBracket(document, range[0], text)
    : undefined;
  if (bracket !== undefined) {
    const [open, close] = [text[bracket], text[bracket] === '{' ? '}' : ']'];
    return { range: [bracket, bracket + 1], message: `this ${open} has no ${close}` };
  }
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return {
        range,
        message: 'indented with a tab',
        hint: 'indent with spaces: YAML does not allow tabs there',
      };
    case 'MULTIPLE_DOCS':
      return {
        range: [range[0], range[0] + 3],
        message: 'a second document starts here; a config is one document',
        hint: 'remove the line `---` and what follows, or put it into a file of its own',
      };
    case 'MULTILINE_IMPLICIT_KEY':
      return {
        range,
        message: `expected \`key: value\`, found ${JSON.stringify(written.split(/\r?\n/)[0])}`,
        hint: 'a colon and a space are missing here, or the indentation does not fit',
      };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return {
        range: toLineEnd(range[0], text),
        message: 'a second `: ` in one line',
        hint: 'put quotes around a value that contains `: `; keys below a key go on lines of their own, indented further',
      };
    case 'BAD_INDENT': {
      const start = range[0] + (/^[ \n]*/.exec(text.slice(range[0]))?.[0].length ?? 0);
      return { range: toLineEnd(start, text), message: `wrong indentation: ${lowerFirst(error.message)}` };
    }
    case 'MISSING_CHAR': {
      const open = error.message.endsWith('quote') ? openQuote(document, range[0]) : undefined;
      if (open === undefined) return { range, message: lowerFirst(error.message) };
      return { range: toLineEnd(open, text), message: 'the text that starts here has no closing quote' };
    }
    case 'BAD_SCALAR_START':
      return { range, message: `a value cannot start with ${written}`, hint: 'put quotes around the value' };
    case 'TAG_RESOLVE_FAILED':
      return {
        range,
        message: `unknown tag ${written.split(/\s/)[0]}`,
        hint: 'put quotes around a value that starts with !',
      };
    default:
      return { range, message: lowerFirst(error.message) };
  }
}

function toLineEnd(start: number, text: string): Range {
  const end = text.indexOf('\n', start);
  return [start, end === -1 ? text.length : end];
}

/** Where the last quoted text before `offset` starts: the parser itself only notices at the end that a quote is missing. */
function openQuote(document: Document, offset: number): number | undefined {
  let start: number | undefined;
  visit(document, {
    Scalar(_key, { type, range }) {
      if (type?.startsWith('QUOTE') && range && range[0] < offset) start = Math.max(start ?? 0, range[0]);
    },
  });
  return start;
}

/** Where the last `{` or `[` before `offset` is that nothing closes: the parser itself only notices further down. */
function openBracket(document: Document, offset: number, text: string): number | undefined {
  let start: number | undefined;
  visit(document, {
    Collection(_key, { flow, range }) {
      if (!flow || !range || range[0] >= offset) return;
      const isClosed = text[range[1] - 1] === (text[range[0]] === '{' ? '}' : ']');
      if (!isClosed) start = Math.max(start ?? 0, range[0]);
    },
  });
  return start;
}

/** Duplicate keys, keys that are no text, aliases that lead nowhere or into themselves. */
export function structureProblems(document: Document, lineOf: (offset: number) => number): YamlProblem[] {
  const problems: YamlProblem[] = [];
  const anchors = new Set<string>();
  const open = new Set<string>();
  const tell = (node: unknown, message: string, hint?: string): void => {
    problems.push({ code: 'CONFIG_INVALID', range: rangeOf(node) ?? [0, 0], message, hint });
  };
  const walk = (node: unknown): void => {
    if (isAlias(node)) {
      const name = node.source;
      if (open.has(name)) tell(node, `the alias *${name} contains itself`);
      else if (!anchors.has(name)) tell(node, `the alias *${name} has no anchor &${name} before it`);
    } else if (isCollection(node)) {
      const { anchor } = node;
      if (anchor !== undefined) anchors.add(anchor);
      if (anchor !== undefined) open.add(anchor);
      if (isMap(node)) checkKeys(node);
      for (const item of node.items) walk(isPair(item) ? item.value : item);
      if (anchor !== undefined) open.delete(anchor);
    } else if (isScalar(node) && node.anchor !== undefined) anchors.add(node.anchor);
  };
  // The parser's own check compares every key with every other, which takes minutes for a map of 100,000 keys.
  const checkKeys = (map: YAMLMap): void => {
    const seen = new Map<string, unknown>();
    for (const pair of map.items) {
      const { key } = pair;
      const name = keyText(pair);
      if (name === undefined) {
        tell(key ?? map, 'a key must be a text');
        continue;
      }
      if (name === '<<' && !isMergeable(pair.value, document))
        tell(
          pair.value ?? key,
          'only a mapping can be merged with <<',
          'write `<<: *name`, with `&name` at a mapping',
        );
      const first = seen.get(name);
      if (first === undefined) seen.set(name, key);
      else {
        const line = lineOf(rangeOf(first)?.[0] ?? 0);
        tell(
          key,
          `duplicate key ${JSON.stringify(name)}, first used in line ${line}`,
          'remove or rename one of the two',
        );
      }
    }
  };
  walk(document.contents);
  return problems;
}

/** A mapping, an alias of one, or a list of these. An alias that leads nowhere is told elsewhere. */
function isMergeable(value: unknown, document: Document): boolean {
  const node = isAlias(value) ? value.resolve(document) : value;
  if (node === undefined || isMap(node)) return true;
  return isSeq(node) && node.items.every((item) => !isSeq(item) && isMergeable(item, document));
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
