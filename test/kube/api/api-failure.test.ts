import { describe, expect, it } from 'vitest';
import { answerFailure, connectionFailure } from '../../../src/kube/api/api-failure.js';

const where = { context: 'dev', namespace: 'ns', server: 'https://api.example:6443' };
const asked = { method: 'GET', path: '/api/v1/namespaces/shop/pods?limit=5' };
const forbidden = (what: string): string => `pods "x" is forbidden: User "u" cannot ${what}`;
const status = (code: number, message: string, details = {}): string =>
  JSON.stringify({ kind: 'Status', status: 'Failure', code, message, details });

describe('answerFailure', () => {
  it.each<[string, number, string, { code: string; message: string; hint?: string }]>([
    [
      'unauthorized',
      401,
      status(401, 'Unauthorized'),
      {
        code: 'KUBE_UNAUTHORIZED',
        message:
          'The API server https://api.example:6443 (context "dev") does not accept your credentials: Unauthorized',
        hint: 'Log in to the cluster again, then check with: kubectl --context dev get namespaces',
      },
    ],
    [
      'forbidden in a namespace',
      403,
      status(403, forbidden('create resource "pods/exec" in API group "" in the namespace "shop"')),
      {
        code: 'KUBE_FORBIDDEN',
        message: `Not allowed in context "dev": ${forbidden('create resource "pods/exec" in API group "" in the namespace "shop"')}`,
        hint: 'kubectl --context dev auth can-i create pods --subresource=exec -n shop',
      },
    ],
    [
      'forbidden at the cluster scope',
      403,
      status(403, forbidden('list resource "deployments" in API group "apps" at the cluster scope')),
      {
        code: 'KUBE_FORBIDDEN',
        message: `Not allowed in context "dev": ${forbidden('list resource "deployments" in API group "apps" at the cluster scope')}`,
        hint: 'kubectl --context dev auth can-i list deployments.apps',
      },
    ],
    [
      'forbidden by someone else',
      403,
      '<html>',
      {
        code: 'KUBE_FORBIDDEN',
        message: 'Not allowed in context "dev": HTTP 403',
        hint: 'kubectl --context dev auth can-i --list -n ns',
      },
    ],
    [
      'not found',
      404,
      status(404, 'pods "x" not found', { name: 'x', kind: 'pods' }),
      {
        code: 'KUBE_NOT_FOUND',
        message: 'Pods "x" not found',
        hint: 'kubectl --context dev get pods -n shop',
      },
    ],
    ['conflict', 409, status(409, 'exists'), { code: 'KUBE_CONFLICT', message: 'Exists' }],
    ['gone', 410, status(410, 'too old'), { code: 'KUBE_GONE', message: 'Too old' }],
    [
      'rejected',
      422,
      status(422, 'bad name'),
      {
        code: 'KUBE_REJECTED',
        message: 'The API server https://api.example:6443 (context "dev") answered 422: bad name',
      },
    ],
    [
      'broken',
      500,
      'panic\nstack',
      {
        code: 'KUBE_API_ERROR',
        message: 'The API server https://api.example:6443 (context "dev") answered 500: panic',
      },
    ],
  ])('%s', (_name, code, body, expected) => {
    expect(answerFailure(where, asked, code, body)).toMatchObject(expected);
  });
});

describe('connectionFailure', () => {
  it.each([
    ['ECONNREFUSED', 'refuses connections'],
    ['ENOTFOUND', 'the name api.example has no address'],
    ['ETIMEDOUT', 'does not answer in time'],
    ['ENETUNREACH', 'no route to api.example'],
    ['ECONNRESET', 'closed the connection before it answered'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'did not sign (SELF_SIGNED_CERT_IN_CHAIN)'],
    ['CERT_HAS_EXPIRED', 'has expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'has a certificate for other names'],
    ['EPROTO', 'cannot be reached: boom (EPROTO)'],
    ['EWHATEVER', 'cannot be reached: boom (EWHATEVER)'],
  ])('%s', (code, words) => {
    const error = Object.assign(new Error('boom\nmore'), { code });
    for (const thrown of [error, new AggregateError([error])]) {
      expect(connectionFailure(where, thrown)).toMatchObject({
        code: 'KUBE_UNREACHABLE',
        message: expect.stringContaining(words) as string,
        subject: where.server,
        hint: expect.any(String) as string,
      });
    }
  });

  it('knows a server without TLS', () => {
    const error = Object.assign(new Error('ssl3_get_record:wrong version number'), { code: 'EPROTO' });
    expect(connectionFailure(where, error).message).toContain('does not speak TLS on this port');
  });
});
