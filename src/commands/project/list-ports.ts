import { textTable } from '../../base/text-table.js';
import type { CommandHandler } from '../command.js';
import { resolveProject } from './open-project.js';
import { podsText } from '../container/pods-text.js';
import { printResult } from '../result.js';

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
            [
              ...(entry.forward ?? []).map(
                ({ bindAddress, port, remotePort = port, protocol, viaHelper }) =>
                  `${bindAddress === undefined ? '' : `${bindAddress}:`}${port}:${remotePort}${suffix(protocol)}${viaHelper ? ' via helper' : ''}`,
              ),
              ...(entry.reverseForward ?? []).map(
                ({ bindAddress, port, remotePort = port, protocol }) =>
                  `reverse ${port}:${bindAddress === undefined ? '' : `${bindAddress}:`}${remotePort}${suffix(protocol)}`,
              ),
            ].join(', '),
          ]),
        ),
  );
  return 0;
};

function suffix(protocol: string | undefined): string {
  return protocol === 'udp' ? '/udp' : '';
}
