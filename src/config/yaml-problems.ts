import { visit, type Document, type YAMLError } from 'yaml';
import type { Range, YamlProblem } from './reading.js';

/** The parser's errors in words that say what to do. Errors that only follow from an earlier one are left out. */
export function syntaxProblems(document: Document, text: string): YamlProblem[] {
  const errors: YAMLError[] = [...document.errors, ...document.warnings];
  const exhausted = errors.find((error) => error.code === 'RESOURCE_EXHAUSTION');
  if (exhausted) return [{ code: 'CONFIG_SYNTAX', range: exhausted.pos, message: 'nested too deeply' }];
  const conflict = errors.length > 0 ? text.search(/^<{7}(?= |\r?$)/m) : -1;
  if (conflict !== -1) {
    const message = 'a merge conflict of git stands here';
    const hint = 'keep one of the two parts, and remove the lines with <<<<<<<, ======= and >>>>>>>';
    return [{ code: 'CONFIG_SYNTAX', range: toLineEnd(conflict, text), message, hint }];
  }
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
      return noKey(range, text);
    case 'BLOCK_AS_IMPLICIT_KEY':
      return secondKey(range[0], text);
    case 'BAD_INDENT': {
      const start = range[0] + (/^[ \n]*/.exec(text.slice(range[0]))?.[0].length ?? 0);
      return { range: toLineEnd(start, text), message: `wrong indentation: ${lowerFirst(error.message)}` };
    }
    case 'BAD_SCALAR_START':
      return { range, message: `a value cannot start with ${written}`, hint: 'put quotes around the value' };
    case 'TAG_RESOLVE_FAILED':
      return {
        range,
        message: `unknown tag ${written.split(/\s/)[0]}`,
        hint: 'put quotes around a value that starts with !',
      };
    case 'UNEXPECTED_TOKEN':
      return behindTheEnd(range, text) ?? { range, message: lowerFirst(error.message) };
    case 'MISSING_CHAR': {
      const open = error.message.endsWith('quote') ? openQuote(document, range[0]) : undefined;
      if (open !== undefined)
        return { range: toLineEnd(open, text), message: 'the text that starts here has no closing quote' };
      // A key has no colon.
      return error.message.startsWith('Implicit')
        ? noKey(range, text)
        : { range, message: lowerFirst(error.message) };
    }
    default:
      return { range, message: lowerFirst(error.message) };
  }
}

function noKey(range: Range, text: string): Omit<YamlProblem, 'code'> {
  return {
    range,
    message: `expected \`key: value\`, found ${JSON.stringify(text.slice(...range).split(/\r?\n/)[0])}`,
    hint: 'a colon and a space are missing here, or the indentation does not fit; a text of several lines starts with `|`',
  };
}

/** Where a value, which starts at `start`, is followed by something that looks like a key. */
function secondKey(start: number, text: string): Omit<YamlProblem, 'code'> {
  const [, end] = toLineEnd(start, text);
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, end);
  const dash = /^ *(-)(?=[^ -])/.exec(line);
  if (dash) {
    const at = end - line.length + dash[0].length - 1;
    return { range: toLineEnd(at, text), message: 'a space is missing behind the dash', hint: 'write `- `' };
  }
  if (!/:(?: |\r?$)/.test(text.slice(start, end))) {
    const next = /\S/g;
    next.lastIndex = end;
    const at = next.exec(text)?.index ?? end;
    return {
      range: toLineEnd(at, text),
      message:
        'wrong indentation: this line stands further right than the line above, which has its value already',
      hint: 'let keys that belong together start in the same column',
    };
  }
  return {
    range: [start, end],
    message: 'a second `: ` in one line',
    hint: 'put quotes around a value that contains `: `; keys below a key go on lines of their own, indented further',
  };
}

/** Where something follows a quote or bracket that ended the value. */
function behindTheEnd(range: Range, text: string): Omit<YamlProblem, 'code'> | undefined {
  const before = text.slice(0, range[0]).trimEnd().at(-1) ?? '';
  if (`"'`.includes(before))
    return {
      range,
      message: 'more text behind the closing quote',
      hint:
        before === "'"
          ? "put the quotes around all of it; between single quotes an apostrophe is written ''"
          : 'put the quotes around all of it; between double quotes a quote is written \\"',
    };
  if ('}]'.includes(before))
    return {
      range,
      message: `more text behind the closing ${before}`,
      hint: `put quotes around a value that starts with ${before === '}' ? '{; a variable is written ${NAME}' : '['}`,
    };
  return undefined;
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

/** The first character that YAML does not allow, such as those of a file in UTF-16. */
export function controlProblem(text: string): YamlProblem | undefined {
  // oxlint-disable-next-line no-control-regex
  const at = text.search(/[\0-\x08\x0b\x0c\x0e-\x1f]/);
  if (at === -1) return undefined;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0');
  return {
    code: 'CONFIG_SYNTAX',
    range: [at, at + 1],
    message: `the control character U+${code} may not stand in YAML`,
    hint:
      code === '0000'
        ? 'a file with many of these is no UTF-8 text: save it with the encoding UTF-8'
        : `remove it; between double quotes it can be written \\x${code.slice(2)}`,
  };
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
