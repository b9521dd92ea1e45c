import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ofType } from '../test/rig/cli.js';
import type { Event } from '../src/report/events.js';
import type { AgentPlace } from './agent.js';
import type { Call, DevProject, ForwardSubject, Subject, SyncTarget } from './subject.js';

/** This project's CLI at `cli`, a JavaScript file. Its events tell when it is ready. */
export function ours(cli: string, name = 'devspace'): Subject {
  const argv = (...args: string[]): string[] => [process.execPath, cli, ...args];
  const inProject = ({ dir, namespace }: DevProject, ...args: string[]): Call => ({
    argv: argv(...args, '--namespace', namespace, '--no-warn'),
    cwd: dir,
  });
  return {
    name,
    startups: { '--help': { argv: argv('--help') }, '--version': { argv: argv('--version') } },
    far: 'devspace-helper-\\S+ serve',
    sync: ({ local, place, remote }: SyncTarget) => ({
      argv: argv(
        'sync',
        '--output',
        'json',
        ...containerFlags(place),
        '--local-path',
        local,
        '--container-path',
        remote,
      ),
      cwd: local,
      isReady: (line) =>
        fits(
          line,
          ofType('sync', ({ state }) => state === 'initial-done'),
        ),
    }),
    dev: (project) => ({
      ...inProject(project, 'dev', '--no-open', '--output', 'json'),
      isReady: (line) => fits(line, ofType('ready')),
    }),
    enter: (place, command) => ({
      argv: argv('enter', '--silent', ...containerFlags(place), '--', ...command),
    }),
    forward: ({ dir, labels, namespace, ports }) => {
      const config = { version: 'v1beta3', dev: { ports: [{ labelSelector: labels, forward: ports }] } };
      writeFileSync(join(dir, 'devspace.yaml'), stringify(config));
      return {
        argv: argv('dev', '--no-open', '--output', 'json', '--namespace', namespace, '--no-warn'),
        cwd: dir,
        isReady: (line) => fits(line, ofType('ready')),
      };
    },
    logs: (pod, namespace) => ({ argv: argv(...followFlags(pod, namespace), '--lines', 'all') }),
    purge: (project) => inProject(project, 'purge'),
  };
}

/** The same forwards through the helper in the container. */
export function viaHelper(subject: ForwardSubject): ForwardSubject {
  return {
    name: `${subject.name}, viaHelper`,
    forward: (target) =>
      subject.forward({ ...target, ports: target.ports.map((one) => ({ ...one, viaHelper: true })) }),
  };
}

/** Those that name one container; DevSpace 6 has the same. */
export function containerFlags(place: AgentPlace | undefined): string[] {
  if (place === undefined) throw new Error('the other end is to be a container');
  return ['--namespace', place.namespace, '--pod', place.pod, '--container', place.container];
}

/** Flags of `logs` for a pod with one container; DevSpace 6 has the same. */
export function followFlags(pod: string, namespace: string): string[] {
  return ['logs', '-f', ...containerFlags({ namespace, pod, container: 'main' })];
}

function fits(line: string, test: (event: Event) => boolean): boolean {
  return line.startsWith('{') && test(JSON.parse(line) as Event);
}
