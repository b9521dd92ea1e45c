import { describe, expect, it } from 'vitest';
import { followLogs } from '../../src/kube/follow-log.js';
import type { ContainerState } from '../../src/kube/objects.js';
import { fakeServer, json, statusBody } from './fake-server.js';
import { container, pod, running, terminated } from './pods.js';

const line = (second: number, text: string): string => `2026-01-01T00:00:0${second}.5Z ${text}\n`;
const at = { namespace: 'ns', pod: 'p', container: 'app' };

describe('followLogs over a connection that breaks', () => {
  it('asks again from the last second seen and skips what it has', async () => {
    const logs = ['one', 'two', 'three', 'four'].map((text, index) => line(index + 1, text));
    let state: ContainerState = running();
    let reads = 0;
    const lost: string[] = [];
    await using server = await fakeServer({
      answer: (request, response) => {
        if (!request.url!.includes('/log?')) {
          const status = {
            containerStatuses: [container('app', state)],
            ...(state.terminated ? { phase: 'Succeeded' as const } : {}),
          };
          json(response, { metadata: { resourceVersion: '1' }, items: [pod('p', { status })] });
          return;
        }
        reads += 1;
        const since = new URL(request.url!, 'http://x').searchParams.get('sinceTime') ?? '2026';
        const wanted = logs.filter((one) => Date.parse(one.split(' ')[0]!) >= Date.parse(since));
        // First the connection is cut within a line, then the server ends the stream within one, then all is told but the last line's end.
        if (reads === 1) {
          response.write(wanted.slice(0, 2).join('') + wanted[2]!.slice(0, 25));
          setTimeout(() => response.destroy(), 20);
        } else if (reads === 2) response.end(wanted.slice(0, 2).join('') + wanted[2]!.slice(0, 25));
        else {
          state = terminated(0, 'Completed');
          response.end(wanted.join('').trimEnd());
        }
      },
    });
    let seen = '';
    const follow = followLogs(server.kube, { ...at, tailLines: 50, onLost: ({ code }) => lost.push(code) });
    for await (const text of follow) seen += text.toString();
    expect(seen).toBe('one\ntwo\nthree\nfour');
    expect(lost).toEqual(['KUBE_UNREACHABLE']);
    const queries = server.requests.filter((one) => one.includes('/log?')).map((one) => one.split('?')[1]);
    expect(queries).toEqual([
      'container=app&follow=true&timestamps=true&tailLines=50',
      'container=app&follow=true&timestamps=true&sinceTime=2026-01-01T00%3A00%3A01Z',
      'container=app&follow=true&timestamps=true&sinceTime=2026-01-01T00%3A00%3A01Z',
      'container=app&timestamps=true&sinceTime=2026-01-01T00%3A00%3A02Z',
    ]);
  });

  it('throws a refusal at the first try', async () => {
    await using server = await fakeServer({
      answer: (request, response) => {
        if (request.url!.includes('/log?')) json(response, statusBody(403, 'no'), 403);
        else json(response, { metadata: {}, items: [pod('p')] });
      },
    });
    await expect(followLogs(server.kube, at).next()).rejects.toMatchObject({ code: 'KUBE_FORBIDDEN' });
  });
});
