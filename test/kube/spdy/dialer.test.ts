import { describe, expect, it } from 'vitest';
import { fakeServer, json, statusBody } from '../fake-server.js';

describe('the way for SPDY', () => {
  const options = { path: '/api/v1/namespaces/a/pods/b/portforward', protocols: ['portforward.k8s.io'] };

  it('is not tried again where neither an upgrade nor a WebSocket gets through', async () => {
    await using server = await fakeServer({
      answer: (_, response) => json(response, statusBody(400, 'Upgrade request required'), 400),
    });
    for (const requests of [2, 2]) {
      await expect(server.kube.spdy.open({ ...options, tunnel: true })).rejects.toMatchObject({
        code: 'STREAM_UNSUPPORTED',
      });
      expect(server.requests.length).toBe(requests);
    }
    expect(server.requests).toEqual([`POST ${options.path}`, `GET ${options.path}`]);
  });

  it('is tried again after a refusal of another kind', async () => {
    await using server = await fakeServer({
      answer: (_, response) => json(response, statusBody(404, 'pods "b" not found'), 404),
    });
    for (const requests of [1, 2]) {
      await expect(server.kube.spdy.open(options)).rejects.toMatchObject({ code: 'KUBE_NOT_FOUND' });
      expect(server.requests.length).toBe(requests);
    }
  });
});
