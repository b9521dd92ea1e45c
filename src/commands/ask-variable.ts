import { Failure } from '../base/failure.js';
import type { Question } from '../config/vars/question.js';
import type { Invocation } from './command.js';

/** Whether somebody sits there to answer questions. */
export function canAsk({ flags, stdin, stderr }: Pick<Invocation, 'flags' | 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY && stderr.isTTY && flags.silent !== true && flags.output !== 'json';
}

/** Asks until the answer will do. INTERRUPTED when the user answers with Ctrl-C. */
export async function askVariable(question: Question, { signal, stderr }: Invocation): Promise<string> {
  const { check, message, options, proposal, secret } = question;
  const { createPromptModule } = (await import('inquirer')).default;
  const ask = createPromptModule({ output: stderr, signal });
  const validate = (answer: string): true | string => check(answer) ?? true;
  const proposed = proposal === undefined ? {} : { default: String(proposal) };
  try {
    if (options) {
      const choices = options.map((option) => ({ value: String(option), name: String(option) }));
      return (
        await ask<{ answer: string }>([{ type: 'select', name: 'answer', message, choices, ...proposed }])
      ).answer;
    }
    if (secret) {
      const { answer } = await ask<{ answer: string }>([
        { type: 'password', name: 'answer', message, mask: '*', validate },
      ]);
      return answer === '' && proposal !== undefined ? String(proposal) : answer;
    }
    return (
      await ask<{ answer: string }>([{ type: 'input', name: 'answer', message, validate, ...proposed }])
    ).answer;
  } catch (error) {
    signal.throwIfAborted();
    // In its raw terminal Ctrl-C is a key and no signal.
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new Failure({ code: 'INTERRUPTED', message: 'stopped by Ctrl-C', exitCode: 130 });
  }
}
