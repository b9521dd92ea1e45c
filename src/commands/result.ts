import type { Invocation } from './command.js';

/** Whether results are for programs: one JSON object a line on stdout. */
export const wantsJson = ({ flags }: Pick<Invocation, 'flags'>): boolean => flags.output === 'json';

/** Prints the result of a command: as a JSON object `{"type":"result",...}`, or as lines for people. */
export function printResult(
  invocation: Pick<Invocation, 'flags' | 'stdout'>,
  data: Readonly<Record<string, unknown>>,
  lines: () => readonly string[],
): void {
  const text = wantsJson(invocation)
    ? [JSON.stringify({ time: new Date().toISOString(), type: 'result', ...data })]
    : lines();
  if (text.length > 0) invocation.stdout.write(`${text.join('\n')}\n`);
}
