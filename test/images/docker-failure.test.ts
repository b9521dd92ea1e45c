import { describe, expect, it } from 'vitest';
import { buildFailure, daemonFailure, pushFailure, stepOf } from '../../src/images/docker-failure.js';

describe('daemonFailure', () => {
  it.each([
    [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'unix:///var/run/docker.sock',
    ],
    [
      'ERROR: Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running?',
      'tcp://127.0.0.1:1',
    ],
    [
      'failed to connect to the docker API at unix:///home/me/.docker/run/docker.sock; check if the path is correct',
      'unix:///home/me/.docker/run/docker.sock',
    ],
    [
      'error during connect: Get "http://%2F%2F.%2Fpipe%2Fdocker_engine/v1.24/info": open //./pipe/docker_engine: no such file',
      undefined,
    ],
  ])('%s', (line, subject) => {
    expect(daemonFailure(['noise', line])).toMatchObject({
      code: 'DOCKER_NOT_RUNNING',
      subject,
      hint: expect.stringContaining('docker info') as unknown,
    });
  });
  it('tells a lack of rights from a daemon that is not there', () => {
    const line =
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://x": dial unix: connect: permission denied';
    expect(daemonFailure([line])).toMatchObject({
      code: 'DOCKER_ACCESS_DENIED',
      subject: 'unix:///var/run/docker.sock',
    });
  });
  it.each([[], ['npm error: cannot connect'], ['dial tcp 1.2.3.4:443: connection refused']])(
    '%j is something else',
    (...lines) => {
      expect(daemonFailure(lines.flat())).toBeUndefined();
    },
  );
});

describe('stepOf', () => {
  it.each([
    ['Step 3/10 : RUN npm ci --flag=a:b', 'RUN npm ci --flag=a:b'],
    [' > [build 2/3] RUN make all:', 'RUN make all'],
    ['> [2/2] COPY a b:', 'COPY a b'],
    ['#7 [3/4] RUN x', undefined],
    ['Step by step', undefined],
  ])('%s', (line, step) => {
    expect(stepOf(line)).toBe(step);
  });
});

describe('buildFailure', () => {
  const failed = { image: 'app', again: 'docker build .', step: 'RUN x' };
  it.each([
    [['write /x: no space left on device'], 'docker system prune'],
    [['ERROR: BuildKit is enabled but the buildx component is missing or broken.'], 'buildx'],
    [['pull access denied for nope/nope, repository does not exist or may require docker login'], 'FROM'],
    [['manifest for node:99 not found: manifest unknown'], 'FROM'],
    [['ERROR: docker.io/library/node:99: not found'], 'FROM'],
    [
      ['Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host'],
      'network',
    ],
    [['make: *** [all] Error 1'], 'docker build .'],
  ])('%j: hints at %s', (lines, hint) => {
    const failure = buildFailure({ ...failed, lines });
    expect(failure).toMatchObject({
      code: 'IMAGE_BUILD_FAILED',
      message: 'Building image "app" failed at: RUN x',
      details: lines,
    });
    expect(failure.hint).toContain(hint);
  });
  it('shows the last twenty lines', () => {
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    expect(buildFailure({ ...failed, lines: [...lines, ''] }).details).toEqual(lines.slice(-20));
  });
  it('blames the daemon only when no step was reached', () => {
    const lines = ['Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?'];
    expect(buildFailure({ ...failed, lines }).code).toBe('IMAGE_BUILD_FAILED');
    expect(buildFailure({ ...failed, lines, step: undefined }).code).toBe('DOCKER_NOT_RUNNING');
  });
});

describe('pushFailure', () => {
  it.each([
    ['me/app:1', 'denied: requested access to the resource is denied', 'IMAGE_PUSH_DENIED', 'docker login'],
    ['r.io/app:1', 'unauthorized: authentication required', 'IMAGE_PUSH_DENIED', 'docker login r.io'],
    ['r.io:5000/app:1', 'no basic auth credentials', 'IMAGE_PUSH_DENIED', 'docker login r.io:5000'],
    [
      'r.io/app:1',
      'unexpected status from HEAD request to https://r.io/v2/: 403 Forbidden',
      'IMAGE_PUSH_DENIED',
      'docker login r.io',
    ],
    [
      '127.0.0.1:9/app:1',
      'dial tcp 127.0.0.1:9: connect: connection refused',
      'IMAGE_PUSH_FAILED',
      'docker push 127.0.0.1:9/app:1',
    ],
    [
      'r.io/app:1',
      'http: server gave HTTP response to HTTPS client',
      'IMAGE_PUSH_FAILED',
      'insecure-registries',
    ],
    [
      'r.io/app:1',
      'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      'DOCKER_NOT_RUNNING',
      'docker info',
    ],
  ])('%s: %s', (ref, line, code, hint) => {
    const failure = pushFailure(ref, ['The push refers to repository', line]);
    expect(failure.code).toBe(code);
    expect(failure.hint).toContain(hint);
  });
});
