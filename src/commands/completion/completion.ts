import { Failure } from '../../base/failure.js';
import { candidates } from './completion-candidates.js';
import { scripts } from './completion-scripts.js';
import type { CommandHandler, CommandSpec } from '../command.js';

/** `devspace completion SHELL` prints what the shell has to read; that calls `devspace completion words -- …` at each Tab. */
export const completionOf =
  (commands: readonly CommandSpec[]): CommandHandler =>
  async ({ args, cwd, env, stdout }) => {
    const [shell = '', ...words] = args;
    if (shell === 'words') {
      const found = await candidates(commands, words, { cwd, env });
      stdout.write(found.map((word) => `${word}\n`).join(''));
      return 0;
    }
    const script = new Map(Object.entries(scripts)).get(shell);
    if (script === undefined)
      throw new Failure({
        code: 'USAGE',
        message: shell === '' ? 'for which shell?' : `there is no completion for ${shell}`,
        hint: 'devspace completion bash (or zsh, or fish)',
      });
    stdout.write(script);
    return 0;
  };
