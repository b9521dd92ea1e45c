import { isFailure } from '../base/failure.js';
import { findTool } from './find-tool.js';

/** A shell that runs one line given as an argument. */
export interface Shell {
  readonly file: string;
  readonly kind: 'posix' | 'cmd';
}

/**
 * The shell for lines of a config: bash where there is one, since DevSpace's own interpreter understands bash, else sh. On Windows the `sh` that
 * Git brings (`bash` there may be the one of WSL, which sees other paths), else cmd.exe. Failure: TOOL_NOT_FOUND.
 */
export async function findShell(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): Promise<Shell> {
  const windows = platform === 'win32';
  for (const name of windows ? ['sh'] : ['bash', '/bin/sh']) {
    try {
      return {
        file: await findTool(name, { neededFor: 'to run commands', hint: 'install bash', env }),
        kind: 'posix',
      };
    } catch (error) {
      if (!isFailure(error, 'TOOL_NOT_FOUND') || name === '/bin/sh') throw error;
    }
  }
  return { file: env['ComSpec'] ?? 'cmd.exe', kind: 'cmd' };
}

/** Arguments that make `shell` run `line`; `words` are its `$1`, `$2`, …, which cmd.exe does not know. */
export function shellArguments(shell: Shell, line: string, words: readonly string[], name: string): string[] {
  return shell.kind === 'cmd' ? ['/d', '/s', '/c', `"${line}"`] : ['-c', line, name, ...words];
}

/** `word` so that the shell takes it as one word, as it is. */
export function shellQuote(shell: Shell, word: string): string {
  return shell.kind === 'cmd' ? `"${word.replaceAll('"', '""')}"` : `'${word.replaceAll("'", `'\\''`)}'`;
}
