import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openRequest, readText } from '../../../src/kube/api/request.js';
import { createObject, getObject, listObjects, patchObject } from '../../../src/kube/api/rest.js';
import { serverVersion } from '../../../src/kube/api/version.js';
import { fakeServer, json, statusBody } from '../fake-server.js';

describe('requests', () => {
  it('keeps one connection for requests one after another', async () => {
    await using server = await fakeServer({ answer: (_request, response) => json(response, {}) });
    for (let count = 0; count < 5; count += 1) await getObject(server.kube, '/x');
    expect(server.sockets).toHaveLength(1);
  });

  it('tries again on a fresh connection when the kept one was closed, but never repeats a POST', async () => {
    await using server = await fakeServer({
      answer: (request, response, count) => {
        if (count === 2 || count === 5) request.socket.resetAndDestroy();
        else json(response, { count });
      },
    });
    expect(await getObject(server.kube, '/x')).toEqual({ count: 1 });
    expect(await getObject(server.kube, '/x')).toEqual({ count: 3 });
    expect(await getObject(server.kube, '/x')).toEqual({ count: 4 });
    await expect(createObject(server.kube, '/x', {})).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
    expect(server.requests).toHaveLength(5);
  });

  it('comes back when the server says so', async () => {
    await using server = await fakeServer({
      answer: (_request, response, count) => {
        if (count < 3) json(response, statusBody(429, 'slow down'), 429, { 'retry-after': '0' });
        else json(response, { ok: true });
      },
    });
    expect(await createObject(server.kube, '/x', {})).toEqual({ ok: true });
    expect(server.requests).toHaveLength(3);
  });

  it('gives up on a server that only ever says later', async () => {
    await using server = await fakeServer({
      answer: (_request, response) => json(response, statusBody(503, 'not now'), 503, { 'retry-after': '0' }),
    });
    await expect(getObject(server.kube, '/x')).rejects.toMatchObject({ code: 'KUBE_API_ERROR' });
    expect(server.requests).toHaveLength(6);
  });

  it('asks for new credentials once after a 401', async () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sh',
      args: ['-c', `echo '{"status":{"token":"'$(date +%N)'"}}'`],
      interactiveMode: 'Never',
    };
    const tokens: string[] = [];
    await using server = await fakeServer({
      user: { exec },
      answer: (request, response, count) => {
        tokens.push(request.headers.authorization ?? '');
        if (count === 2) json(response, {});
        else json(response, statusBody(401, 'Unauthorized'), 401);
      },
    });
    await getObject(server.kube, '/x');
    expect(tokens[0]).not.toBe(tokens[1]);
    await expect(getObject(server.kube, '/x')).rejects.toMatchObject({ code: 'KUBE_UNAUTHORIZED' });
    expect(tokens).toHaveLength(4);
  });

  it('names a silent server within the time given', async () => {
    await using server = await fakeServer({});
    await expect(getObject(server.kube, '/x', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'KUBE_UNREACHABLE',
      message: expect.stringContaining('does not answer in time') as string,
    });
  });

  it('names a server that falls silent in its answer', async () => {
    await using server = await fakeServer({ answer: (_request, response) => void response.write('{') });
    await expect(getObject(server.kube, '/x', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'KUBE_UNREACHABLE',
    });
  });

  it('stops with the reason of the signal: before, while waiting, while reading', async () => {
    const stop = new AbortController();
    await using server = await fakeServer({
      answer: (request, response) => {
        if (request.url === '/silent') stop.abort(new Error('enough'));
        else response.write('{');
      },
    });
    await expect(getObject(server.kube, '/silent', { signal: stop.signal })).rejects.toThrow('enough');
    await expect(getObject(server.kube, '/x', { signal: stop.signal })).rejects.toThrow('enough');
    expect(server.requests).toHaveLength(1);
    const later = new AbortController();
    const response = await openRequest(server.kube, { method: 'GET', path: '/half', signal: later.signal });
    await once(response, 'readable');
    later.abort(new Error('now'));
    await expect(readText(server.kube, response)).rejects.toThrow('now');
  });

  it('fetches a long list in pages', async () => {
    await using server = await fakeServer({
      answer: (request, response) => {
        const last = request.url?.includes('continue=more');
        const metadata = { resourceVersion: '7', ...(last ? {} : { continue: 'more' }) };
        json(response, { metadata, items: [{ page: last ? 2 : 1 }] });
      },
    });
    const listed = await listObjects(server.kube, '/pods', { labelSelector: 'a=b' });
    expect(listed).toEqual({ items: [{ page: 1 }, { page: 2 }], resourceVersion: '7' });
    expect(server.requests).toEqual([
      'GET /pods?labelSelector=a%3Db&limit=500',
      'GET /pods?labelSelector=a%3Db&limit=500&continue=more',
    ]);
  });

  it('fetches a list in one piece when the server has forgotten where it was', async () => {
    await using server = await fakeServer({
      answer: (_request, response, count) => {
        const metadata = { resourceVersion: String(count), ...(count === 1 ? { continue: 'more' } : {}) };
        if (count === 2) json(response, statusBody(410, 'too old', { reason: 'Expired' }), 410);
        else json(response, { metadata, items: [{ page: count }] });
      },
    });
    expect(await listObjects(server.kube, '/pods')).toEqual({ items: [{ page: 3 }], resourceVersion: '3' });
    expect(server.requests.at(-1)).toBe('GET /pods');
  });

  it('says how a patch is meant', async () => {
    let type: string | undefined;
    await using server = await fakeServer({
      answer: (request, response) => {
        type = request.headers['content-type'];
        json(response, {});
      },
    });
    await patchObject(server.kube, '/x', 'merge', {});
    expect(type).toBe('application/merge-patch+json');
  });

  it('is not fooled by an answer that is not JSON', async () => {
    await using server = await fakeServer({
      answer: (_request, response) => response.end('<html>login</html>'),
    });
    await expect(serverVersion(server.kube)).rejects.toMatchObject({
      code: 'KUBE_API_ERROR',
      message: expect.stringContaining('not JSON') as string,
    });
  });
});
