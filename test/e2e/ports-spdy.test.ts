import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { corePath, withQuery } from '../../src/kube/api/api-paths.js';
import { execOutcome } from '../../src/kube/exec/exec-status.js';
import type { SpdyConnection } from '../../src/kube/spdy/connection.js';
import { isFailure } from '../../src/base/failure.js';
import { openTunnel } from '../../src/kube/spdy/tunnel.js';
import { openSpdy } from '../../src/kube/spdy/open.js';
import { kubeconfig, kubeRig, testImage, type KubeRig } from '../rig/kube-rig.js';

const server = `require('node:net').createServer((s) => s.once('data', (d) => s.end('got ' + d))).listen(8001);`;

describe.skipIf(!kubeconfig)('SPDY to a real API server', () => {
  let rig: KubeRig;
  const opened: SpdyConnection[] = [];
  const open = async (subresource: string, protocol: string, query = {}) => {
    const path = corePath('pods', { namespace: rig.namespace, name: 'main', subresource });
    const { connection } = await openSpdy(rig.kube, { path: withQuery(path, query), protocols: [protocol] });
    opened.push(connection);
    return connection;
  };

  beforeAll(async () => {
    rig = await kubeRig();
    await rig.pod('main', ['node', '-e', server], (pod) => {
      pod.spec.containers[0]!.image = testImage('node:20');
      pod.spec.containers[0]!['readinessProbe'] = { tcpSocket: { port: 8001 }, periodSeconds: 1 };
    });
    // A stream to a port that nobody listens on yet can cost the server the whole connection.
    for await (const pods of rig.kube.pods.follow({ namespace: rig.namespace, pod: 'main' }))
      if ([...pods.values()].some(({ status }) => status.containerStatuses?.[0]?.ready === true)) break;
  });
  afterAll(async () => {
    for (const one of opened) one.close();
    await rig[Symbol.asyncDispose]();
  });

  it('forwards: many streams in one connection, opened without waiting for an answer', async () => {
    const connection = await open('portforward', 'portforward.k8s.io');
    const ask = async (requestID: string): Promise<string> => {
      const headers = { port: '8001', requestID };
      connection.open({ ...headers, streamType: 'error' }, { readOnly: true }).resume();
      const data = connection.open({ ...headers, streamType: 'data' });
      data.write(requestID);
      expect(await data.accepted).toBe(true);
      const answer = await text(data);
      return answer;
    };
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`q${index}`)));
    expect(answers).toEqual(answers.map((_, index) => `got q${index}`));
    expect(await connection.quiet()).toBe(true);
  });

  it('runs a command: input with its end, output and exit code', async () => {
    const command = ['sh', '-c', 'wc -c; echo oops >&2; exit 3'];
    const connection = await open('exec', 'v4.channel.k8s.io', {
      command,
      stdin: true,
      stdout: true,
      stderr: true,
    });
    const status = connection.open({ streamType: 'error' }, { readOnly: true });
    const stdin = connection.open({ streamType: 'stdin' });
    const stdout = connection.open({ streamType: 'stdout' }, { readOnly: true });
    const stderr = connection.open({ streamType: 'stderr' }, { readOnly: true });
    stdin.end(Buffer.alloc(1_000_000));
    stdin.on('error', () => {});
    let end = '';
    status.on('data', (data) => (end += String(data))).on('error', () => {});
    const ended = new Promise((resolve) => status.once('close', resolve));
    const [out, err] = await Promise.all([text(stdout), text(stderr), ended]);
    expect([out.trim(), err.trim(), execOutcome(end)]).toEqual(['1000000', 'oops', { code: 3 }]);
  });

  it('forwards inside a WebSocket as well, where the server knows that (1.31 and newer)', async () => {
    const path = corePath('pods', { namespace: rig.namespace, name: 'main', subresource: 'portforward' });
    const options = { path, protocols: ['portforward.k8s.io'] };
    const tunnel = await openTunnel(rig.kube, options).catch((error: unknown) => {
      if (isFailure(error, 'STREAM_UNSUPPORTED'))
        return console.warn('Not tested: the server knows no tunnel');
      throw error;
    });
    if (!tunnel) return;
    opened.push(tunnel.connection);
    expect(tunnel.protocol).toBe('portforward.k8s.io');
    const headers = { port: '8001', requestID: '1' };
    tunnel.connection.open({ ...headers, streamType: 'error' }, { readOnly: true }).resume();
    const data = tunnel.connection.open({ ...headers, streamType: 'data' });
    data.write(Buffer.alloc(3, 'x'));
    expect(await text(data)).toBe('got xxx');
    expect(await tunnel.connection.quiet()).toBe(true);
  });

  it('tells a refusal in the words of the server', async () => {
    const path = corePath('pods', { namespace: rig.namespace, name: 'nobody', subresource: 'portforward' });
    await expect(openSpdy(rig.kube, { path, protocols: ['portforward.k8s.io'] })).rejects.toMatchObject({
      code: 'KUBE_NOT_FOUND',
      message: 'Pods "nobody" not found',
    });
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const path = corePath('pods', { namespace: rig.namespace, name: 'main', subresource: 'portforward' });
    const options = { path, protocols: ['portforward.k8s.io'], signal: stop.signal };
    const { connection } = await openSpdy(rig.kube, options);
    const stream = connection.open({ streamType: 'data', port: '8001', requestID: '1' });
    stop.abort();
    await once(stream, 'error');
    await connection.closed;
  });
});
