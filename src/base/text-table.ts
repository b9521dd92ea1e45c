/** Columns two spaces apart, without trailing spaces; `widths` cuts what is longer, with `...` in front of the end that tells most. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly (number | undefined)[] = [],
): string[] {
  const lines = [header, ...rows].map((row) => row.map((cell, column) => cut(visible(cell), widths[column])));
  const longest = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(longest[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cut(text: string, width: number | undefined): string {
  return width === undefined || text.length <= width ? text : `...${text.slice(text.length - width + 3)}`;
}

/** File names may hold anything; what would move the cursor is shown as an escape. */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (char) => JSON.stringify(char).slice(1, -1));
}
