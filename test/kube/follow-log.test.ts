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
      'container=app&timestamps=true&sinceTime=2026-01-01T00%3A00%3A01Z',
      'container=app&follow=true&timestamps=true&sinceTime=2026-01-01T00%3A00%3A02Z',
      'container=app&timestamps=true&sinceTime=2026-01-01T00%3A00%3A02Z',
    ]);
  });

  /** A server whose container ends once `read` has answered to all that is asked; `read` is given the query and the count of reads that follow. */
  async function followed(
    read: (
      query: URLSearchParams,
      count: number,
      write: (text: string) => void,
    ) => boolean | Promise<boolean>,
  ) {
    let state: ContainerState = running();
    let count = 0;
    await using server = await fakeServer({
      answer: (request, response) => {
        if (!request.url!.includes('/log?')) {
          const over = state.terminated ? { phase: 'Succeeded' as const } : {};
          const status = { containerStatuses: [container('app', state)], ...over };
          json(response, { metadata: { resourceVersion: '1' }, items: [pod('p', { status })] });
          return;
        }
        const query = new URL(request.url!, 'http://x').searchParams;
        if (query.has('follow')) count += 1;
        void (async () => {
          if (await read(query, count, (text) => void response.write(text)))
            state = terminated(0, 'Completed');
          response.end();
        })();
      },
    });
    let text = '';
    const missing: string[] = [];
    const onMissing = (reason: string) => {
      missing.push(`${reason} ${JSON.stringify(text)}`);
    };
    for await (const piece of followLogs(server.kube, { ...at, onMissing })) text += piece.toString();
    return { text, missing };
  }
  const stamped = (ms: number, text: string) => `${new Date(ms).toISOString()} ${text}\n`;

  it('does not repeat a file that the node begins again', async () => {
    const file = [line(1, 'one'), line(2, 'two'), line(8, 'eight')];
    const { missing, text } = await followed((query, count, write) => {
      if (query.has('limitBytes')) write(file[0]!);
      else if (count === 1 && query.has('follow')) write(file.join('') + file.join(''));
      else write(file[2]! + line(9, 'nine'));
      return count > 1;
    });
    expect([text, missing]).toEqual(['one\ntwo\neight\nnine\n', []]);
  });

  it('keeps what comes after the clock of the node was put back', async () => {
    const { text } = await followed((query, _, write) => {
      if (query.has('limitBytes')) write(line(5, 'five'));
      else if (query.has('follow'))
        write(line(5, 'five') + line(9, 'nine') + line(1, 'one') + line(2, 'two'));
      return true;
    });
    expect(text).toBe('five\nnine\none\ntwo\n');
  });

  it('tells once that not even the last line is there any more', async () => {
    const { missing, text } = await followed((query, count, write) => {
      if (count === 1 && query.has('follow')) write(line(1, 'one'));
      else if (count > 1 && query.has('follow')) write(line(9, 'nine'));
      else if (count > 1) write(line(9, 'nine'));
      return count > 1;
    });
    expect(text).toBe('one\nnine\n');
    expect(missing).toEqual([
      expect.stringMatching(/rotated the log .* away before it could be read "one\\n"$/),
    ]);
  });

  it.each([
    ['was rotated', true],
    ['is the same', false],
  ])('tells of a step over lines that were read late, when the file %s', async (_, isRotated) => {
    const old = Date.now() - 20_000;
    const { missing, text } = await followed(async (query, __, write) => {
      if (query.has('limitBytes')) write(stamped(old + (isRotated ? 10_000 : 0), 'first'));
      else if (query.has('follow')) {
        await new Promise((resolve) => setTimeout(resolve, 3100));
        write(stamped(old, 'late'));
        await new Promise((resolve) => setTimeout(resolve, 100));
        write(stamped(old + 10_000, 'later'));
      } else write(stamped(old + 10_000, 'later'));
      return true;
    });
    expect(text).toBe('late\nlater\n');
    expect(missing).toEqual(
      isRotated
        ? [expect.stringMatching(/^the node rotated the log of container app faster than .*"late\\n"$/)]
        : [],
    );
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
