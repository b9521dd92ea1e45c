import { stringify } from 'yaml';

/** How a file is written: what new lines have to look like. */
export interface Style {
  /** Columns that a map is indented by below its key. */
  readonly step: number;
  /** Columns that the dashes of a list are indented by below its key; often 0. */
  readonly dash: number;
  readonly eol: '\n' | '\r\n';
}

/** The lines of `value` in YAML's block notation, each indented by `indent` columns. Maps must not be empty at the top. */
export function blockLines(value: object, indent: number, style: Style): string[] {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      if (!isBlock(item)) return [`${pad}- ${flowText(item)}`];
      const [first = '', ...rest] = blockLines(item, indent + 2, style);
      return [`${pad}- ${first.slice(indent + 2)}`, ...rest];
    });
  }
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) => {
    const name = `${pad}${flowText(key)}:`;
    if (!isBlock(item)) return `${name} ${flowText(item)}`;
    return [name].concat(blockLines(item, indent + (Array.isArray(item) ? style.dash : style.step), style));
  });
}

/** `value` on one line, for a place between `[` and `]` or `{` and `}`, and for what is no map or list. */
export function flowText(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, blockQuote: false }).trimEnd();
}

function isBlock(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
