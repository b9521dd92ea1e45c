import { Failure } from '../base/failure.js';
import type { Candidate } from '../kube/candidates.js';
import type { Invocation } from './command.js';

/** Whether there is someone at a terminal to ask. */
export function canAsk({ stdin, stderr, flags }: Invocation): boolean {
  return stdin.isTTY && stderr.isTTY && flags.silent !== true;
}

/** Lets the user choose. Without a terminal to ask at TARGET_AMBIGUOUS; INTERRUPTED when the user answers with Ctrl-C. */
export async function askForTarget(
  found: readonly Candidate[],
  invocation: Invocation,
  question: string,
): Promise<Candidate> {
  const { signal, stderr } = invocation;
  if (!canAsk(invocation)) {
    throw new Failure({
      code: 'TARGET_AMBIGUOUS',
      message: `${found.length} containers are there to choose from, and no terminal to ask at`,
      details: [
        ...found
          .slice(0, SHOWN)
          .map(({ pod, container, status }) => `--pod ${pod} -c ${container}   (${status})`),
        ...(found.length > SHOWN ? [`and ${found.length - SHOWN} more`] : []),
      ],
      hint: 'name one with --pod and -c, or with --label-selector',
    });
  }
  const { createPromptModule } = (await import('inquirer')).default;
  const ask = createPromptModule({ output: stderr, signal });
  try {
    const { chosen } = await ask<{ chosen: Candidate }>([
      {
        type: 'select',
        name: 'chosen',
        message: question,
        choices: found.map((candidate) => ({
          value: candidate,
          name: `${candidate.init ? 'Init: ' : ''}${candidate.pod} ${candidate.container} (${candidate.status})`,
        })),
      },
    ]);
    return chosen;
  } catch (error) {
    signal.throwIfAborted();
    // In its raw terminal Ctrl-C is a key and no signal.
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new Failure({ code: 'INTERRUPTED', message: 'stopped by Ctrl-C', exitCode: 130 });
  }
}

const SHOWN = 20;
