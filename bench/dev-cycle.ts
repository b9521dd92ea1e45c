import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { Closing } from '../src/base/closing.js';
import { freePort, uniqueRepository } from '../test/rig/app.js';
import { makeNamespace } from '../test/rig/cluster.js';
import type { Measurement } from './figures.js';
import { startService } from './service.js';
import type { DevProject, Subject } from './subject.js';

const ANSWER_WITHIN_MS = 120_000;
const example = fileURLToPath(new URL('../examples/quickstart', import.meta.url));
const TARGET = { limit: 3000, text: '3000' };

interface Run {
  readonly ready: number;
  readonly answer: number;
}

/** `dev` in a fresh copy of examples/quickstart, and once more with nothing changed. */
export async function measureDev(subjects: readonly Subject[], rounds: number): Promise<Measurement[]> {
  const runs = subjects.map((subject) => ({ subject, first: [] as Run[], second: [] as Run[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { first, second, subject } of runs) {
      await using closing = new Closing();
      const namespace = closing.use(await makeNamespace());
      const project = await copyExample(namespace.name);
      closing.defer(() => rmSync(project.dir, { recursive: true, force: true }));
      first.push(await runDev(subject, project));
      second.push(await runDev(subject, project));
      const { argv, cwd, env } = subject.purge(project);
      const [program = '', ...args] = argv;
      await execa(program, args, { ...(cwd !== undefined && { cwd }), ...(env && { env }), stdin: 'ignore' });
    }
  }
  const measurement = (
    name: string,
    pick: (one: (typeof runs)[number]) => number[],
    target?: typeof TARGET,
  ) => ({
    name,
    unit: 'ms' as const,
    figures: runs.map((one, index) => ({
      subject: one.subject.name,
      samples: pick(one),
      target: index === 0 ? target : undefined,
    })),
  });
  return [
    {
      ...measurement('dev, first run, ready', ({ first }) => first.map(({ ready }) => ready)),
      note: 'builds the image on a base that is there, pushes, deploys; DevSpace 6 counts as ready when it has told that the initial sync is through',
    },
    measurement('dev, first run, HTTP 200', ({ first }) => first.map(({ answer }) => answer)),
    measurement('dev, second run, ready', ({ second }) => second.map(({ ready }) => ready), TARGET),
    measurement('dev, second run, HTTP 200', ({ second }) => second.map(({ answer }) => answer)),
  ];
}

/** With a repository and a port of its own, and a source that no earlier build has cached. */
export async function copyExample(namespace: string): Promise<DevProject> {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'devspace-bench-dev-')));
  cpSync(example, dir, { recursive: true, filter: (path) => !path.includes('.devspace') });
  const project = { dir, namespace, repository: uniqueRepository(), port: await freePort() };
  for (const name of ['devspace.yaml', 'kube/deployment.yaml']) {
    const path = join(dir, name);
    const text = readFileSync(path, 'utf8')
      .replaceAll('127.0.0.1:5000/quickstart', project.repository)
      .replaceAll('8080', String(project.port));
    writeFileSync(path, text);
  }
  writeFileSync(
    join(dir, 'src', 'message.js'),
    `export const message = 'Hello ${randomBytes(8).toString('hex')}';\n`,
  );
  return project;
}

async function runDev(subject: Subject, project: DevProject): Promise<Run> {
  const ended = new AbortController();
  await using service = startService(subject.dev(project));
  try {
    const answer = untilAnswer(project.port, ended.signal);
    const [ready, answered] = await Promise.all([service.ready, answer]);
    await service.stop();
    return { ready, answer: answered - service.began };
  } finally {
    ended.abort();
  }
}

/** `performance.now()` when the app answered with 200 through the forward. */
async function untilAnswer(port: number, signal: AbortSignal): Promise<number> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  while (!(await isAnswering(port, late))) await pause(10, undefined, { signal: late });
  return performance.now();
}

function isAnswering(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host: '127.0.0.1', port, agent: false, signal, timeout: 2000 }, (response) => {
      response.resume().on('close', () => resolve(response.statusCode === 200 && response.complete));
    });
    asked.on('timeout', () => asked.destroy()).on('error', () => resolve(false));
    asked.end();
  });
}
