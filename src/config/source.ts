import { isScalar, parseDocument } from 'yaml';
import { codeFrame, type Span } from './code-frame.js';
import { inFileOrder, MOST_FOUND, type Diagnostic, type DiagnosticCode } from './diagnostic.js';
import { Locator, type Range } from './locate.js';
import { formatPath, type Path } from './path.js';
import { asTree } from './tree.js';
import { structureProblems, syntaxProblems, type YamlProblem } from './yaml-problems.js';

export const MAX_CONFIG_BYTES = 10 * 1024 * 1024;
/** More uses of aliases than any person writes; what a "billion laughs" file needs is far beyond. */
const MAX_ALIASES = 1000;
/** With aliases written out; some 40 MB. */
const MAX_VALUES = 1_000_000;

/** A config as the user wrote it: its value and where each part of it stands. */
export interface ConfigSource {
  readonly file: string;
  readonly text: string;
  /** Plain data, without shared objects; undefined when `problems` is not empty. */
  readonly value: unknown;
  /** What is wrong with the YAML itself, in file order. */
  readonly problems: readonly Diagnostic[];
  /**
   * Where `path` is written: its key (an item of a list: itself) or its value. A path that is not there gives the nearest part above it that
   * is, the empty path the start of the file.
   */
  locate(path: Path, part?: 'key' | 'value'): Span;
  /** The scalar at `path` as written, when it is written without quotes: `1.10`, `yes`. */
  plainText(path: Path): string | undefined;
  /** A diagnostic at `path`, with its frame; the path is put in front of the message. */
  diagnose(
    code: DiagnosticCode,
    path: Path,
    message: string,
    more?: { part?: 'key' | 'value'; hint?: string | undefined },
  ): Diagnostic;
}

/**
 * Reads YAML 1.2 with merge keys (`<<`), so `no`, `on` and `1:30` stay texts. `file` is only a name for messages. Never throws for what the text
 * contains; a BOM and CRLF are fine.
 */
export function readSource(file: string, text: string): ConfigSource {
  return new YamlSource(file, text.startsWith('\uFEFF') ? text.slice(1) : text);
}

class YamlSource implements ConfigSource {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  readonly problems: readonly Diagnostic[];
  readonly #locator: Locator | undefined;
  readonly #lineStarts: readonly number[];

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    // Characters, not bytes: never more characters than bytes, and what read the file has checked its bytes.
    if (text.length > MAX_CONFIG_BYTES) {
      this.#lineStarts = [0];
      this.problems = [
        this.#problem({ code: 'CONFIG_INVALID', range: [0, 0], message: 'larger than 10 MB' }),
      ];
      return;
    }
    this.#lineStarts = lineStarts(text);
    const document = parseDocument(text, {
      merge: true,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    this.#locator = new Locator(document);
    let found = syntaxProblems(document, text);
    if (found.length === 0) found = structureProblems(document, (offset) => this.#lineAt(offset) + 1);
    if (found.length === 0) {
      try {
        this.value = asTree(document.toJS({ maxAliasCount: MAX_ALIASES }), MAX_VALUES);
        if (this.value === undefined) {
          found = [{ code: 'CONFIG_INVALID', range: [0, 0], message: `more than ${MAX_VALUES} values` }];
        }
      } catch (error) {
        if (!(error instanceof ReferenceError || error instanceof RangeError)) throw error;
        const message =
          error instanceof RangeError ? 'nested too deeply' : `more than ${MAX_ALIASES} uses of aliases`;
        found = [{ code: 'CONFIG_INVALID', range: [0, 0], message }];
      }
    }
    this.problems = inFileOrder(found.slice(0, MOST_FOUND).map((problem) => this.#problem(problem)));
  }

  locate(path: Path, part: 'key' | 'value' = 'value'): Span {
    const found = this.#locator?.locate(path);
    if (!found) return { line: 1, column: 1, length: 0 };
    return this.#span(part === 'value' ? (found.value ?? found.key) : found.key);
  }

  plainText(path: Path): string | undefined {
    const node = this.#locator?.locate(path)?.node;
    return isScalar(node) && node.type === 'PLAIN' ? node.source : undefined;
  }

  diagnose: ConfigSource['diagnose'] = (code, path, message, { part = 'value', hint } = {}) => {
    const where = formatPath(path);
    const span = this.locate(path, part);
    const whole = where === '' ? message : `${where}: ${message}`;
    return {
      code,
      message: whole,
      path,
      file: this.file,
      span,
      frame: codeFrame(this.#line(span.line), span),
      hint,
    };
  };

  #problem({ code, range, message, hint }: YamlProblem): Diagnostic {
    const span = this.#span(range);
    return {
      code,
      message,
      path: [],
      file: this.file,
      span,
      frame: codeFrame(this.#line(span.line), span),
      hint,
    };
  }

  /** A value of several lines is marked to the end of its first. */
  #span([start, end]: Range): Span {
    const index = this.#lineAt(start);
    const column = start - (this.#lineStarts[index] ?? 0);
    const room = this.#line(index + 1).length - column;
    return { line: index + 1, column: column + 1, length: Math.max(0, Math.min(end - start, room)) };
  }

  #line(number: number): string {
    const start = this.#lineStarts[number - 1] ?? 0;
    return this.text.slice(start, this.#lineStarts[number] ?? this.text.length).replace(/\r?\n$/, '');
  }

  #lineAt(offset: number): number {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
