import { isMet, summarize, type Figure, type Measurement, type Unit } from './figures.js';

const HEAD = ['measurement', 'subject', 'n', 'min', 'median', 'p90', 'max', 'target', ''];

/** All measurements as one table: aligned text, or markdown with the notes below it. */
export function renderTable(measurements: readonly Measurement[], markdown: boolean): string {
  const rows = measurements.flatMap((one) =>
    one.figures.map((figure, index) => row(index === 0 ? one.name : '', one.unit, figure)),
  );
  const notes = measurements.flatMap(({ name, note }) => (note === undefined ? [] : [`- ${name}: ${note}`]));
  const table = markdown ? markdownTable(rows) : textTable(rows);
  return [table, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

function row(name: string, unit: Unit, figure: Figure): string[] {
  const { n, min, median, p90, max } = summarize(figure.samples);
  const met = isMet(figure);
  const one = (value: number) => formatValue(value, unit);
  const spread = n === 1 ? ['', one(median), '', ''] : [one(min), one(median), one(p90), one(max)];
  return [
    name === '' ? '' : `${name}, ${unit}`,
    figure.subject,
    String(n),
    ...spread,
    figure.target?.text ?? '',
    met === undefined ? '' : met ? 'met' : 'MISSED',
  ];
}

/** Units of what is counted. */
const wholes = new Set<Unit>(['bytes', 'lines', 'a minute', 'open', 'bytes a minute']);

function formatValue(value: number, unit: Unit): string {
  if (wholes.has(unit)) return Math.round(value).toLocaleString('en-US');
  if (unit === 'ms/s' || unit === 'times/s') return value.toFixed(2);
  return value.toFixed((unit === 'ms' && value < 1000) || (unit === 'MiB' && value < 100) ? 1 : 0);
}

function textTable(rows: readonly string[][]): string {
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        isNumeric(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return all.map(line).join('\n');
}

function markdownTable(rows: readonly string[][]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const ruler = HEAD.map((_, column) => (isNumeric(column) ? '---:' : '---'));
  return [line(HEAD), line(ruler), ...rows.map(line)].join('\n');
}

/** Count and figures stand right-aligned. */
function isNumeric(column: number): boolean {
  return column >= 2 && column <= 6;
}
