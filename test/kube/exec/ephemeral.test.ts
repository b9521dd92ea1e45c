import { describe, expect, it } from 'vitest';
import { isFailure } from '../../../src/base/failure.js';
import { ensureEphemeral } from '../../../src/kube/exec/ephemeral.js';
import { fakeServer } from '../fake-server.js';
import { pod } from '../pods.js';

const wish = {
  target: 'app',
  image: 'busybox:1',
  command: ['sh'],
  prefix: 'sync',
  namespace: 'ns',
  pod: 'a',
};

describe('a server that does not make an ephemeral container', () => {
  it.each<[string, number, Record<string, unknown>, string, string]>([
    [
      'is too old',
      404,
      { message: 'the server could not find the requested resource', reason: 'NotFound', details: {} },
      'EPHEMERAL_UNSUPPORTED',
      'Kubernetes has them since 1.25',
    ],
    [
      'has them disabled',
      422,
      { message: 'Pod "a" is invalid: ephemeral containers are disabled for this cluster' },
      'EPHEMERAL_UNSUPPORTED',
      'Kubernetes has them since 1.25',
    ],
    [
      'forbids it',
      403,
      { message: 'pods "a" is forbidden: User "x" cannot patch resource "pods/ephemeralcontainers"' },
      'EPHEMERAL_FORBIDDEN',
      'patch pods/ephemeralcontainers in namespace ns',
    ],
    [
      'has a policy against it',
      403,
      { message: 'pods "a" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true' },
      'EPHEMERAL_FORBIDDEN',
      'violates PodSecurity',
    ],
    [
      'has no such pod any more',
      404,
      { message: 'pods "a" not found', reason: 'NotFound', details: { name: 'a', kind: 'pods' } },
      'KUBE_NOT_FOUND',
      'not found',
    ],
  ])('%s', async (_, code, status, failure, text) => {
    await using server = await fakeServer({
      answer: (request, response) => {
        if (request.method === 'GET') return response.end(JSON.stringify(pod('a')));
        response.statusCode = code;
        return response.end(JSON.stringify({ kind: 'Status', status: 'Failure', code, ...status }));
      },
    });
    const signal = new AbortController().signal;
    const error: unknown = await ensureEphemeral(server.kube, { ...wish, signal }).catch(
      (error: unknown) => error,
    );
    expect(error).toSatisfy((error) => isFailure(error, failure));
    expect(error).toMatchObject({ message: expect.stringContaining(text) as string });
    expect(server.requests).toEqual([
      'GET /api/v1/namespaces/ns/pods/a',
      'PATCH /api/v1/namespaces/ns/pods/a/ephemeralcontainers',
    ]);
  });
});
