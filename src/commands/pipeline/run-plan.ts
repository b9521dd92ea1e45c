import type { Config } from '../../config/schema.js';
import { shellArguments, shellQuote, type Shell } from '../../proc/shell.js';

export type CommandConfig = NonNullable<Config['commands']>[number];

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are quoted already (cmd.exe). */
  readonly verbatim: boolean;
}

/**
 * What `devspace run` starts. A command without `args` is a line for the shell: the words are its `$1`, `$2`, …, and unless it takes them itself they
 * are put behind it, quoted. With `args` it is a program, which gets the words as its last arguments.
 */
export function planRun(command: CommandConfig, words: readonly string[], shell: Shell): Program {
  const { appendArgs, args } = command;
  if (args !== undefined) {
    const more = appendArgs === false ? [] : words;
    return { file: command.command, args: [...args, ...more], verbatim: false };
  }
  // A line break at the end, which block texts in YAML have, would make a command of its own of the words.
  const line = command.command.trimEnd();
  const append = appendArgs ?? !/\$(?:[@*]|\{[@*])/.test(line);
  const whole = append ? [line, ...words.map((word) => shellQuote(shell, word))].join(' ') : line;
  return {
    file: shell.file,
    args: shellArguments(shell, whole, words, command.name),
    verbatim: shell.kind === 'cmd',
  };
}
