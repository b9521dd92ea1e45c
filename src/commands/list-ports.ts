import { textTable } from '../base/text-table.js';
import type { CommandHandler } from './command.js';
import { resolveProject } from './open-project.js';
import { podsText } from './pods-text.js';
import { printResult } from './result.js';

/** `devspace list ports`: what `devspace dev` forwards. */
export const run: CommandHandler = async (invocation) => {
  const { config } = (await resolveProject(invocation, { lenient: true, sections: ['dev'] })).result;
  const ports = config.dev?.ports ?? [];
  if (ports.length === 0)
    invocation.emit({
      type: 'note',
      level: 'info',
      text: 'No ports are forwarded: devspace add port 8080:80',
    });
  printResult(invocation, { ports }, () =>
    ports.length === 0
      ? []
      : textTable(
          ['Pods', 'Ports (Local:Remote)'],
          ports.map((entry) => [
            podsText(entry),
            entry.forward
              .map(
                ({ bindAddress, port, remotePort = port }) =>
                  `${bindAddress === undefined ? '' : `${bindAddress}:`}${port}:${remotePort}`,
              )
              .join(', '),
          ]),
        ),
  );
  return 0;
};
