import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Event } from '../../src/report/events.js';
import { ofType, startCli, type CliOptions, type RunningCli } from './cli.js';
import type { Namespace } from './cluster.js';
import { MARK, processesWith } from './processes.js';

/** A running devspace whose every process can be found. */
export interface MarkedCli extends RunningCli {
  /** What of it and of its children still runs. */
  processes(): Promise<string[]>;
}

/** {@link startCli} with `-n`, and with a mark on its processes. Nothing opens a browser unless BROWSER is given. */
export function startMarked(
  namespace: Pick<Namespace, 'name'>,
  args: readonly string[],
  options: CliOptions,
): MarkedCli {
  const mark = randomBytes(6).toString('hex');
  const env = { BROWSER: 'true', ...options.env, [MARK]: mark };
  // In front: behind the words of a command in the container it would be the command's.
  const cli = startCli(['-n', namespace.name, ...args], { ...options, env });
  return { ...cli, processes: () => processesWith(mark) };
}

/** Of devspace itself, not of what makes its terminal. */
export async function pidOf(cli: MarkedCli): Promise<number> {
  const own = (await cli.processes()).find((line) => /^\d+ \S*node /.test(line)) ?? '';
  return Number.parseInt(own, 10);
}

/** {@link startMarked} with events instead of text. */
export function startEvents(
  namespace: Pick<Namespace, 'name'>,
  args: readonly string[],
  options: CliOptions,
): MarkedCli {
  return startMarked(namespace, [...args, '--output', 'json'], options);
}

/** Resolves when `dev` is ready. */
export const isReady = ofType('ready');

/** A change that sync made, as soon as it is told. */
export const synced = (path: string, direction?: 'up' | 'down') =>
  ofType(
    'sync-change',
    (change) => change.path === path && (direction === undefined || change.direction === direction),
  );

/** The stages that were finished, in that order. */
export function finishedStages(events: readonly Event[]): string[] {
  return events.flatMap((event) =>
    event.type === 'stage' && event.state === 'finished' ? [event.stage] : [],
  );
}

/** Whether nothing listens on a local port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

/** What the application answers; undefined while it does not, or not with 200. */
export async function answer(url: string): Promise<string | undefined> {
  const response = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) });
  const text = await response.text();
  return response.ok ? text : undefined;
}
