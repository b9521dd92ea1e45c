import { Failure } from '../base/failure.js';
import type { Invocation } from './command.js';

/** Whether there is somebody to ask: a terminal, and no wish for silence or for JSON. */
export function canAsk(invocation: Invocation): boolean {
  const { flags, stderr } = invocation;
  // Standard input last: it is made when somebody looks at it.
  return stderr.isTTY && flags.silent !== true && flags.output !== 'json' && invocation.stdin.isTTY;
}

interface Choice<T> {
  readonly value: T;
  readonly name: string;
}

/** A yes or no. As all questions: only where {@link canAsk}; INTERRUPTED when the answer is Ctrl-C. */
export function askYesNo(invocation: Invocation, message: string, preset: boolean): Promise<boolean> {
  return ask(invocation, { type: 'confirm', message, default: preset });
}

/** One of `choices`; `preset` is the value that Enter takes. */
export function askChoice<T>(
  invocation: Invocation,
  message: string,
  choices: readonly Choice<T>[],
  preset?: T,
): Promise<T> {
  return ask(invocation, { type: 'select', message, choices: [...choices], default: preset, pageSize: 12 });
}

/** A line of text; `check` says what is wrong with one. */
export function askText(
  invocation: Invocation,
  message: string,
  preset: string,
  check: (text: string) => string | undefined = () => undefined,
): Promise<string> {
  const validate = (text: string): string | true => check(text.trim()) ?? true;
  return ask<string>(invocation, { type: 'input', message, default: preset, validate }).then((text) =>
    text.trim(),
  );
}

/** One question of inquirer's. */
export async function ask<T>({ signal, stderr }: Invocation, question: object): Promise<T> {
  const { createPromptModule } = (await import('inquirer')).default;
  const prompt = createPromptModule({ output: stderr, signal }) as unknown as (
    questions: readonly object[],
  ) => Promise<{ answer: T }>;
  try {
    return (await prompt([{ name: 'answer', ...question }])).answer;
  } catch (error) {
    signal.throwIfAborted();
    // In its raw terminal Ctrl-C is a key and no signal.
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new Failure({ code: 'INTERRUPTED', message: 'stopped by Ctrl-C', exitCode: 130 });
  }
}
