import { Failure } from '../base/failure.js';
import type { Invocation } from './command.js';

/** USAGE when events are asked for on a stdout that belongs to a command in a container. */
export function refuseJson({ flags }: Invocation, command: string): void {
  if (flags.output !== 'json') return;
  throw new Failure({
    code: 'USAGE',
    message: `devspace ${command} cannot print events: its output is that of the command in the container`,
    hint: 'leave out --output json',
  });
}
