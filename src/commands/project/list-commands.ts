import { textTable } from '../../base/text-table.js';
import type { CommandHandler, Invocation } from '../command.js';
import { openProject } from './open-project.js';
import { printResult } from '../result.js';
import type { CommandConfig } from '../pipeline/run-plan.js';

/** `devspace list commands`: what `devspace run` knows. */
export const run: CommandHandler = async (invocation) => {
  const { config } = await openProject(invocation, []);
  return listCommands(invocation, config.commands ?? []);
};

/** The same for commands that are loaded already. */
export function listCommands(invocation: Invocation, commands: readonly CommandConfig[]): number {
  if (commands.length === 0)
    invocation.emit({
      type: 'note',
      level: 'info',
      text: 'No commands in devspace.yaml: add some to commands',
    });
  const described = commands.some(({ description }) => description !== undefined);
  printResult(invocation, { commands }, () =>
    commands.length === 0
      ? []
      : textTable(
          ['Name', 'Command', ...(described ? ['Description'] : [])],
          commands.map(({ args = [], command, description = '', name }) => [
            name,
            oneLine([command.trim(), ...args].join(' ')),
            ...(described ? [description] : []),
          ]),
        ),
  );
  return 0;
}

const WIDEST = 60;

function oneLine(text: string): string {
  const [first = '', ...more] = text.split('\n');
  return first.length > WIDEST || more.length > 0 ? `${first.slice(0, WIDEST)}...` : first;
}
