import { codeFrame, type Span } from './code-frame.js';
import { readPlainYaml } from '../base/plain-yaml.js';
import { inFileOrder, MOST_FOUND, type Diagnostic, type DiagnosticCode } from './diagnostic.js';
import { Lines } from './lines.js';
import { formatPath, type Path } from './path.js';
import { PlainPlaces } from './plain-places.js';
import type { Range, Reading, YamlProblem } from './reading.js';

/** Far beyond what people write; some parsers take time that grows with the square. */
export const MAX_CONFIG_CHARACTERS = 1_000_000;

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

/** What {@link readPlainYaml} can read. */
export function plainSource(file: string, written: string): ConfigSource | undefined {
  const text = withoutBom(written);
  const plain = text.length > MAX_CONFIG_CHARACTERS ? undefined : readPlainYaml(text);
  return plain && new TextSource(file, text, new PlainPlaces(text, plain));
}

export function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** A {@link ConfigSource} from what a parser made of `text`. */
export class TextSource implements ConfigSource {
  readonly file: string;
  readonly text: string;
  readonly value: unknown;
  readonly problems: readonly Diagnostic[];
  readonly #reading: Reading;
  readonly #lines: Lines;

  constructor(file: string, text: string, reading: Reading) {
    this.file = file;
    this.text = text;
    this.value = reading.value;
    this.#reading = reading;
    this.#lines = new Lines(text);
    this.problems = inFileOrder(
      reading.problems.slice(0, MOST_FOUND).map((problem) => this.#problem(problem)),
    );
  }

  locate(path: Path, part: 'key' | 'value' = 'value'): Span {
    const found = this.#reading.locate(path);
    if (!found) return { line: 1, column: 1, length: 0 };
    return this.#span(part === 'value' ? (found.value ?? found.key) : found.key);
  }

  plainText(path: Path): string | undefined {
    return this.#reading.locate(path)?.plainText;
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
      frame: codeFrame(this.#lines.text(span.line), span),
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
      frame: codeFrame(this.#lines.text(span.line), span),
      hint,
    };
  }

  /** A value of several lines is marked to the end of its first. */
  #span([start, end]: Range): Span {
    const line = this.#lines.at(start);
    const column = start - this.#lines.start(line);
    const room = this.#lines.text(line).length - column;
    return { line, column: column + 1, length: Math.max(0, Math.min(end - start, room)) };
  }
}
