import { canAsk } from './ask-for-target.js';
import type { Invocation } from './command.js';

/** Whether a terminal that was lost is opened again: always with `--reconnect`, else the user is asked. Where nobody can be asked: no. */
export function reconnectAnswer(
  invocation: Invocation,
  always: boolean,
): (question: string) => Promise<boolean> {
  return async (message) => {
    if (always) return true;
    if (!canAsk(invocation)) return false;
    const { createPromptModule } = (await import('inquirer')).default;
    const { signal, stderr } = invocation;
    const ask = createPromptModule({ output: stderr, signal });
    try {
      const { yes } = await ask<{ yes: boolean }>([{ type: 'confirm', name: 'yes', message, default: true }]);
      return yes;
    } catch (error) {
      signal.throwIfAborted();
      // In its raw terminal Ctrl-C is a key and no signal: here it means no.
      if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
      return false;
    }
  };
}
