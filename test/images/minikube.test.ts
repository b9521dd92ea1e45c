import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDaemons } from '../../src/images/daemons.js';
import { parseDockerEnvironment } from '../../src/images/minikube.js';
import type { Event } from '../../src/report/events.js';

it('reads the environment that minikube prints', () => {
  const text =
    'DOCKER_TLS_VERIFY=1\r\nDOCKER_HOST=tcp://192.168.49.2:2376\nMINIKUBE_ACTIVE_DOCKERD=minikube\n# a comment\n';
  expect(parseDockerEnvironment(text)).toEqual({
    DOCKER_TLS_VERIFY: '1',
    DOCKER_HOST: 'tcp://192.168.49.2:2376',
    MINIKUBE_ACTIVE_DOCKERD: 'minikube',
  });
});

describe('openDaemons', () => {
  let bin = '';
  let events: Event[] = [];
  beforeEach(() => {
    [bin, events] = [mkdtempSync(join(tmpdir(), 'devspace-bin-')), []];
  });
  afterEach(() => {
    rmSync(bin, { recursive: true });
  });
  const tool = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  const open = async (context: string) =>
    await openDaemons({
      context,
      skipPush: false,
      env: { PATH: bin },
      emit: (event) => events.push(event),
      signal: new AbortController().signal,
    });
  const config = { image: 'me/app' };

  it('builds with the daemon in minikube', async () => {
    tool('minikube', '[ "$*" = "docker-env --shell none" ] && echo DOCKER_HOST=tcp://1.2.3.4:2376');
    tool('docker', 'exit 1');
    const daemons = await open('minikube');
    const plan = daemons.plan(config);
    expect(plan).toMatchObject({ kind: 'none', daemon: 'minikube' });
    expect((await daemons.docker(plan)).env).toMatchObject({ DOCKER_HOST: 'tcp://1.2.3.4:2376' });
    expect(await daemons.docker(plan)).toBe(await daemons.docker(plan));
  });

  it('warns and pushes when minikube has no daemon to offer', async () => {
    tool('minikube', 'echo "the none driver has no docker-env" >&2; exit 1');
    const daemons = await open('minikube');
    expect(daemons.plan(config)).toMatchObject({ kind: 'push', daemon: 'default' });
    expect(events).toEqual([
      expect.objectContaining({
        code: 'MINIKUBE_DAEMON_UNUSABLE',
        text: expect.stringContaining('none driver') as unknown,
      }),
    ]);
  });

  it('loads into kind only when the tool is there', async () => {
    expect((await open('kind-dev')).plan(config).kind).toBe('push');
    tool('kind', '');
    expect((await open('kind-dev')).plan(config)).toMatchObject({
      kind: 'load',
      tool: 'kind',
      cluster: 'dev',
    });
  });

  it('says that docker is missing only to who asks for it', async () => {
    const daemons = await open('prod');
    await expect(daemons.docker(daemons.plan(config))).rejects.toMatchObject({
      code: 'TOOL_NOT_FOUND',
      subject: 'docker',
    });
  });
});
