import type { ConfirmDanger } from '../../dev/sync/keep-in-sync.js';
import type { DangerAnswer } from '../../sync/core/safety.js';
import { visible } from '../../base/text-table.js';
import type { Invocation } from '../command.js';

/**
 * Who decides about removals that look like an accident: `--allow-deletions` carries them over, a terminal is asked, and with neither the sync ends
 * with an error that says so (undefined). One question at a time.
 */
export function dangerAnswer({ flags, stdin, stderr, signal }: Invocation): ConfirmDanger | undefined {
  if (flags.allowDeletions === true) return async () => 'carry-over';
  if (!stdin.isTTY || !stderr.isTTY || flags.silent === true || flags.output === 'json') return undefined;
  let last: Promise<unknown> = Promise.resolve();
  const askOne: ConfirmDanger = async (danger, folders) => {
    const { createPromptModule } = (await import('inquirer')).default;
    const ask = createPromptModule({ output: stderr, signal });
    const [lost, kept] =
      danger.side === 'local' ? ['here', 'in the container'] : ['in the container', 'here'];
    const count =
      danger.danger === 'mass-removal' ? `${danger.files} of ${danger.of}` : `All ${danger.files}`;
    const examples = danger.examples.length > 0 ? ` (${danger.examples.map(visible).join(', ')}, …)` : '';
    try {
      const { answer } = await ask<{ answer: DangerAnswer }>([
        {
          type: 'select',
          name: 'answer',
          message: `${count} synced files of ${folders} are gone ${lost}${examples}. What is to happen to them ${kept}?`,
          default: 'stop',
          choices: [
            { value: 'stop', name: 'Nothing: stop the sync' },
            { value: 'restore', name: `Keep them, and bring them back ${lost}` },
            { value: 'carry-over', name: `Delete them ${kept}, too` },
          ],
        },
      ]);
      return answer;
    } catch (error) {
      // Ctrl-C is a key in a raw terminal: the answer that does nothing.
      if (signal.aborted || (error instanceof Error && error.name === 'ExitPromptError')) return 'stop';
      throw error;
    }
  };
  return (danger, folders) => {
    const answer = last.then(() => askOne(danger, folders));
    last = answer.catch(() => {});
    return answer;
  };
}
