import { isFailure } from '../../base/failure.js';
import { askYesNo, canAsk } from '../ask.js';
import type { Invocation } from '../command.js';

/** Whether a terminal that was lost is opened again: always with `--reconnect`, else the user is asked. Where nobody can be asked: no. */
export function reconnectAnswer(
  invocation: Invocation,
  always: boolean,
): (question: string) => Promise<boolean> {
  return async (message) => {
    if (always) return true;
    if (!canAsk(invocation)) return false;
    try {
      return await askYesNo(invocation, message, true);
    } catch (error) {
      // Ctrl-C for an answer: no.
      if (!isFailure(error, 'INTERRUPTED')) throw error;
      return false;
    }
  };
}
