import { Failure } from '../../base/failure.js';
import type { Candidate } from '../../kube/select/candidates.js';
import { askChoice, canAsk } from '../ask.js';
import type { Invocation } from '../command.js';

/** Lets the user choose. Without a terminal to ask at TARGET_AMBIGUOUS; INTERRUPTED when the user answers with Ctrl-C. */
export async function askForTarget(
  found: readonly Candidate[],
  invocation: Invocation,
  question: string,
): Promise<Candidate> {
  if (!canAsk(invocation)) {
    throw new Failure({
      code: 'TARGET_AMBIGUOUS',
      message: `${found.length} ${found.length === 1 ? 'container is' : 'containers are'} there to choose from, and no terminal to ask at`,
      details: [
        ...found
          .slice(0, SHOWN)
          .map(({ pod, container, status }) => `--pod ${pod} -c ${container}   (${status})`),
        ...(found.length > SHOWN ? [`and ${found.length - SHOWN} more`] : []),
      ],
      hint: 'name one with --pod and -c, or with --label-selector',
    });
  }
  return askChoice(
    invocation,
    question,
    found.map((candidate) => ({
      value: candidate,
      name: `${candidate.init ? 'Init: ' : ''}${candidate.pod} ${candidate.container} (${candidate.status})`,
    })),
  );
}

const SHOWN = 20;
