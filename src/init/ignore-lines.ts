/** The text of an ignore file with the lines it lacks, each once; the same text when it has all of them. Keeps what is there, line breaks too. */
export function withLines(text: string | undefined, wanted: readonly string[]): string {
  const before = text ?? '';
  const eol = /\r\n/.test(before) ? '\r\n' : '\n';
  const there = new Set(before.split(/\r?\n/).map(plain));
  const missing = wanted.filter((line) => !there.has(plain(line)));
  if (missing.length === 0) return before;
  const gap = before === '' || before.endsWith('\n') ? '' : eol;
  return before + gap + missing.map((line) => line + eol).join('');
}

/** The patterns of an ignore file. */
export function patternsOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * Patterns of .dockerignore as gitignore has them, which sync reads: Docker counts each from the top, gitignore only those that have a slash in
 * front or inside.
 */
export function asGitPatterns(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => {
    const not = pattern.startsWith('!') ? '!' : '';
    const path = pattern.slice(not.length).replace(/^(?:\.?\/)+/, '');
    return `${not}${/^\*\*\/./.test(path) ? path : `/${path}`}`;
  });
}

/** `/x`, `x` and `x/` at the top of a project are as good as the same. */
function plain(line: string): string {
  return line.trim().replace(/^\//, '').replace(/\/$/, '');
}
