import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/base/failure.js';
import { buildImages } from '../../src/images/build-all.js';
import type { ImageRecord } from '../../src/images/changed.js';
import type { BuildRequest, BuiltImage } from '../../src/images/request.js';
import type { ImageConfig } from '../../src/config/schema.js';
import type { Event } from '../../src/report/events.js';
import { startDenyingRegistry } from '../cluster/denying-registry.js';
import { REGISTRY } from '../rig/cluster.js';

const repository = `${REGISTRY}/images-${randomBytes(4).toString('hex')}`;

let root = '';
let events: Event[] = [];
let records = new Map<string, ImageRecord>();
let refs = new Set<string>();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'devspace-images-'));
  [events, records, refs] = [[], new Map(), new Set()];
});
afterEach(() => {
  rmSync(root, { recursive: true });
  if (refs.size > 0) spawnSync('docker', ['rmi', '-f', ...refs]);
});

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

interface Changes {
  images?: Record<string, ImageConfig>;
  options?: BuildRequest['options'];
  env?: Record<string, string>;
  context?: string;
  lastContext?: string;
  signal?: AbortSignal;
}

async function build(changes: Changes = {}): Promise<Map<string, BuiltImage>> {
  events = [];
  const built = await buildImages({
    helperDir: '',
    images: { app: { image: `${repository}/app` } },
    options: {},
    cache: { get: (name) => records.get(name), set: (name, record) => void records.set(name, record) },
    root,
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    ...changes,
  });
  for (const { ref } of built.values()) refs.add(ref);
  return built;
}

async function failureOf(changes: Changes = {}): Promise<Failure> {
  return await build(changes).then(
    () => expect.fail('built'),
    (error: unknown) => error as Failure,
  );
}

const run = (ref: string, ...command: string[]): string =>
  execFileSync('docker', ['run', '--rm', '--network', 'none', ref, ...command], { encoding: 'utf8' });
const reasons = (): (string | undefined)[] =>
  events.flatMap((event) =>
    event.type === 'image' && event.state !== 'pushing' && event.state !== 'built' ? [event.reason] : [],
  );

describe('buildImages with a real daemon and registry', () => {
  it('builds and pushes, then only when something changed', async () => {
    write({ Dockerfile: 'FROM busybox:1\nCOPY . /app\nCMD ["cat","/app/a"]\n', a: 'one' });
    const first = await build();
    const { ref, tag, built } = first.get('app')!;
    expect([ref, built]).toEqual([`${repository}/app:${tag}`, true]);
    expect(events.flatMap((event) => (event.type === 'image' ? [event.state] : []))).toEqual([
      'building',
      'pushing',
      'built',
    ]);
    const tags = await fetch(`http://${repository.replace('/', '/v2/')}/app/tags/list`);
    expect(await tags.json()).toMatchObject({ tags: [tag] });
    expect(run(ref)).toBe('one');

    utimesSync(join(root, 'Dockerfile'), 1, 1);
    utimesSync(join(root, 'a'), 1, 1);
    expect((await build()).get('app')).toEqual({ ...first.get('app'), built: false });
    expect(reasons()).toEqual(['unchanged']);

    write({ a: 'two' });
    expect((await build({ options: { synced: new Set(['app']) } })).get('app')!.tag).toBe(tag);
    const second = (await build()).get('app')!;
    expect(reasons()).toEqual(['context changed']);
    expect(second.tag).not.toBe(tag);
    expect(run(second.ref)).toBe('two');

    await build({ options: { forceBuild: true } });
    expect(reasons()).toEqual(['forced']);
    await build({ lastContext: 'kind-x', context: 'prod' });
    expect(reasons()).toEqual(['built for another cluster']);
  });

  it('sends exactly the context that docker itself would send', async () => {
    write({
      Dockerfile: 'FROM busybox:1\nCOPY . /x\n',
      '.dockerignore':
        'Dockerfile\n.dockerignore\n*.md\n!README*.md\n**/node_modules\nsecret\n!secret/shown\ndeep/*/x?\nlogs/**\n',
      'README.md': '',
      'other.md': '',
      'docs/other.md': '',
      'node_modules/a/index.js': '',
      'packages/b/node_modules/c/index.js': '',
      'secret/hidden': '',
      'secret/shown': '',
      'deep/a/x1': '',
      'deep/a/y1': '',
      'logs/today.log': '',
      'run.sh': '#!',
      [`${'n'.repeat(90)}/${'m'.repeat(90)}`]: 'long',
      'name with ü': '',
    });
    const fromArchive = async (change: Partial<ImageConfig>): Promise<string> => {
      const config = { image: `${repository}/app`, build: { docker: { skipPush: true } }, ...change };
      return run((await build({ images: { app: config } })).get('app')!.ref, ...list);
    };
    mkdirSync(join(root, 'hollow'));
    chmodSync(join(root, 'run.sh'), 0o755);
    symlinkSync('README.md', join(root, 'link'));
    const list = [
      'sh',
      '-c',
      "cd /x && find . -exec ls -ld {} + | awk '{print $1,$3,$4,$5,$9,$10,$11,$12}' | sort",
    ];

    refs.add(`${repository}/plain:1`);
    execFileSync('docker', ['build', '-t', `${repository}/plain:1`, root], { stdio: 'ignore' });
    const plain = run(`${repository}/plain:1`, ...list);
    write({ '.devspace/logs/default.log': 'x' });
    expect(await fromArchive({})).toBe(plain);
    expect(plain).not.toContain('Dockerfile');
    expect(plain).toContain('./secret/shown');

    // A Dockerfile that is part of the context, as it is and with an override.
    write({ '.dockerignore': 'secret\n.dockerignore\n' });
    execFileSync('docker', ['build', '-t', `${repository}/plain:1`, root], { stdio: 'ignore' });
    const whole = run(`${repository}/plain:1`, ...list);
    expect(whole).toContain('./Dockerfile');
    const withoutOurs = whole.replace(/^.*\.devspace.*\n/gm, '');
    expect(await fromArchive({})).toBe(withoutOurs);
    expect(await fromArchive({ cmd: ['true'] })).toBe(withoutOurs);
  });

  it('overrides entrypoint and command in the stage that is built', async () => {
    write({
      'docker/Dockerfile': 'FROM busybox:1 AS dev\nCMD ["false"]\nFROM busybox:1\nRUN false\n',
      'src/a': '',
    });
    const config: ImageConfig = {
      image: `${repository}/app`,
      dockerfile: 'docker/Dockerfile',
      context: 'src',
      entrypoint: ['echo', 'a "b" $HOME \\'],
      cmd: ['c'],
      build: { docker: { skipPush: true, options: { target: 'dev' } } },
    };
    const { ref } = (await build({ images: { app: config } })).get('app')!;
    expect(run(ref)).toBe('a "b" $HOME \\ c\n');
    expect(readFileSync(join(root, 'docker/Dockerfile'), 'utf8')).not.toContain('ENTRYPOINT');
  });

  it('passes build arguments without showing secrets', async () => {
    write({
      Dockerfile:
        'FROM busybox:1\nARG NPM_TOKEN\nARG PATH_PREFIX\nRUN echo "using $NPM_TOKEN in $PATH_PREFIX"; false\n',
    });
    const buildArgs = { NPM_TOKEN: 'hunter2hunter2', PATH_PREFIX: '/x' };
    const failure = await failureOf({
      images: { app: { image: 'x', build: { docker: { options: { buildArgs } } } } },
    });
    const lines = events.flatMap((event) => (event.type === 'output' ? [event.line] : []));
    expect(lines).toContain('using *** in /x');
    expect(failure.details).toContain('using *** in /x');
    expect(JSON.stringify([events, failure.message, failure.details, failure.hint])).not.toContain('hunter2');
  });

  it('builds again when the cluster shares the daemon and the image is gone', async () => {
    write({ Dockerfile: 'FROM busybox:1\nLABEL a=b\n' });
    const { ref } = (await build({ context: 'docker-desktop' })).get('app')!;
    expect(events.some((event) => event.type === 'image' && event.state === 'pushing')).toBe(false);
    await build({ context: 'docker-desktop' });
    expect(reasons()).toEqual(['unchanged']);
    execFileSync('docker', ['rmi', ref]);
    await build({ context: 'docker-desktop' });
    expect(reasons()).toEqual(['the image is gone']);
  });

  it('shows the failing step and the last lines; the first failure stops the others', async () => {
    write({
      'bad/Dockerfile': 'FROM busybox:1\nRUN echo step one\nRUN echo "cannot find it" && exit 3\n',
      'slow/Dockerfile': 'FROM busybox:1\nRUN sleep 300\n',
      'good/Dockerfile': 'FROM busybox:1\nLABEL good=1\n',
    });
    const images = Object.fromEntries(
      ['good', 'slow', 'bad'].map((name) => [
        name,
        { image: `${repository}/${name}`, context: name, dockerfile: `${name}/Dockerfile` },
      ]),
    );
    const started = performance.now();
    const failure = await failureOf({ images });
    expect(performance.now() - started).toBeLessThan(60_000);
    expect(failure).toMatchObject({
      code: 'IMAGE_BUILD_FAILED',
      subject: 'bad',
      message: 'Building image "bad" failed at: RUN echo "cannot find it" && exit 3',
      details: expect.arrayContaining(['cannot find it']) as unknown,
    });
    expect([...records.keys()]).not.toContain('slow');
    for (const { tag, imageName } of records.values()) refs.add(`${imageName}:${tag}`);
  });

  it('ends a build on abort', async () => {
    write({ Dockerfile: `FROM busybox:1\nRUN echo ${randomBytes(4).toString('hex')} && sleep 300\n` });
    const stop = new AbortController();
    const reason = new Error('Ctrl-C');
    const building = buildImages({
      helperDir: '',
      images: { app: { image: `${repository}/app` } },
      options: {},
      cache: { get: () => undefined, set: () => expect.fail('recorded') },
      root,
      emit: (event) => event.type === 'output' && event.line.includes('Step 2') && stop.abort(reason),
      signal: stop.signal,
    });
    await expect(building).rejects.toBe(reason);
  });

  it('says when the registry denies the push', async () => {
    await using registry = await startDenyingRegistry(5007);
    write({ Dockerfile: 'FROM busybox:1\nLABEL denied=1\n' });
    const image = `${registry.address}/app`;
    const failure = await failureOf({ images: { app: { image, tag: 'fixed' } } });
    refs.add(`${image}:fixed`);
    expect(failure).toMatchObject({
      code: 'IMAGE_PUSH_DENIED',
      subject: registry.address,
      hint: `docker login ${registry.address}`,
    });
    expect(records.size).toBe(0);
  });

  it('says when the registry does not answer', async () => {
    write({ Dockerfile: 'FROM busybox:1\nLABEL unreachable=1\n' });
    const failure = await failureOf({ images: { app: { image: '127.0.0.1:9/app', tag: 'fixed' } } });
    refs.add('127.0.0.1:9/app:fixed');
    expect(failure).toMatchObject({
      code: 'IMAGE_PUSH_FAILED',
      details: expect.arrayContaining([expect.stringContaining('connection refused')]) as unknown,
    });
  });

  it('says when there is no daemon, and when there is no docker', async () => {
    write({ Dockerfile: 'FROM busybox:1\n' });
    expect(await failureOf({ env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } })).toMatchObject({
      code: 'DOCKER_NOT_RUNNING',
      subject: 'unix:///nowhere/docker.sock',
      hint: expect.stringContaining('docker info') as unknown,
    });
    expect(await failureOf({ env: { PATH: '/nowhere' } })).toMatchObject({
      code: 'TOOL_NOT_FOUND',
      subject: 'docker',
    });
  });

  it('warns when a fixed tag is built again', async () => {
    write({ Dockerfile: 'FROM busybox:1\nLABEL tag=fixed\n' });
    const images = { app: { image: `${repository}/app`, tag: 'fixed' } };
    await build({ images });
    expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
    await build({ images, options: { forceBuild: true } });
    expect(events).toContainEqual(expect.objectContaining({ type: 'warning', code: 'IMAGE_TAG_REUSED' }));
  });
});
