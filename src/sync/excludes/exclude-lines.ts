/** The patterns in a file of gitignore rules, each with its line from 1 on: without BOM, CR, blank lines and comments. */
export function excludeLines(text: string): { pattern: string; line: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((line, index) => ({ pattern: line.endsWith('\r') ? line.slice(0, -1) : line, line: index + 1 }))
    .filter(({ pattern }) => pattern.trim() !== '' && !pattern.startsWith('#'));
}
