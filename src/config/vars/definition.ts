import * as z from 'zod/mini';
import { itemsAt } from '../path.js';
import { variable } from '../schema/project.js';

export type Definition = z.infer<typeof variable>;

/** The definitions of variables in a config whose `vars` fit the schema, each with its index. */
export function definitionsOf(root: unknown): { definition: Definition; index: number }[] {
  return itemsAt(root, ['vars']).map(({ value }, index) => ({ definition: value as Definition, index }));
}

/** The program whose output is the variable's value on `platform` (as process.platform); undefined when it has none. */
export function commandOf(
  { args, command, commands = [] }: Definition,
  platform: string,
): { command: string; args: readonly string[] | undefined } | undefined {
  const os = platform === 'win32' ? 'windows' : platform;
  const fitting = commands.find((one) => one.os === os) ?? commands.find((one) => one.os === undefined);
  const chosen = fitting?.command !== undefined ? fitting : { command, args };
  return chosen.command === undefined ? undefined : { command: chosen.command, args: chosen.args };
}
