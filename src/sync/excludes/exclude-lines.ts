/** The patterns in a file of gitignore rules: its lines, without BOM, CR, blank lines and comments. */
export function excludeLines(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
