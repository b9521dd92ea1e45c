import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { followLogs } from '../../../src/kube/logs/follow-log.js';
import type { ContainerState } from '../../../src/kube/api/objects.js';
import { fakeServer, json, statusBody } from '../fake-server.js';
import { container, pod, running, terminated } from '../pods.js';

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
    ) => boolean | 'cut' | Promise<boolean>,
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
          const over = await read(query, count, (text) => void response.write(text));
          if (over) state = terminated(0, 'Completed');
          if (over === 'cut') setTimeout(() => response.destroy(), 20);
          else response.end();
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

  const linkGone =
    'failed to try resolving symlinks in path "/log/0.log": lstat /log/0.log: no such file or directory';
  it.each([
    ['ended the stream', true, []],
    ['cut it', 'cut', ['the node has removed the log of container app "one\\n"']],
  ] as const)('takes the log of a removed container for read when the node has %s', async (_, how, told) => {
    const { missing, text } = await followed((query, count, write) => {
      const isFirst = query.has('follow') && count === 1;
      write(
        isFirst
          ? line(1, 'one')
          : how === true
            ? linkGone
            : 'unable to retrieve container logs for containerd://1',
      );
      return isFirst ? how : true;
    });
    expect([text, missing]).toEqual(['one\n', told]);
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

  /** A node that puts a log into a new file now and then, and follows it as kubelets do: what it has open, then the newest. */
  async function rotated({ skipped, torn }: { skipped: boolean; torn: boolean }) {
    const start = Date.now() - 120_000;
    const bulk = 'x'.repeat(1000);
    // Each begins ten seconds after the one before.
    const file = (number: number, lines: number) =>
      Array.from({ length: lines }, (_, index) =>
        stamped(start + number * 10_000 + (index * 9990) / (lines - 1), `${number}.${index} ${bulk}`),
      );
    const files = [file(0, 300), file(1, 300), file(2, 300)];
    const end = stamped(start + 30_000, 'end');
    if (torn) {
      // The last line of the first file ends in the second one, whose own last one ends in the third.
      for (const at of [0, 1]) {
        const whole = files[at]!.pop()!;
        files[at]!.push(whole.slice(0, 40));
        files[at + 1]!.unshift(stamped(start + at * 10_000 + 9995, whole.slice(40, -1)));
      }
    }
    let newest = 0;
    let state: ContainerState = running();
    const others: ServerResponse[] = [];
    let isDone = false;
    const finish = () => {
      isDone = true;
      state = terminated(0, 'Completed');
      for (const other of others) other.end();
    };
    await using server = await fakeServer({
      answer: (request, response) => {
        if (!request.url!.includes('/log?')) {
          const over = isDone ? { phase: 'Succeeded' as const } : {};
          const status = { containerStatuses: [container('app', state)], ...over };
          if (request.url!.includes('/pods/p')) json(response, pod('p', { status }));
          else json(response, { metadata: { resourceVersion: '1' }, items: [pod('p', { status })] });
          return;
        }
        const query = new URL(request.url!, 'http://x').searchParams;
        const present = files[newest]!;
        if (query.has('limitBytes')) response.end(present[0]!.slice(0, 64));
        else if (!query.has('follow')) response.end(query.has('sinceTime') ? end : '');
        else if (newest > 0) {
          others.push(response);
          response.write(present.join('') + (newest === 2 ? end : ''));
        } else {
          response.write(present.join(''));
          others.push(response);
        }
      },
    });
    const missing: string[] = [];
    let text = '';
    const first = () => others[0]!;
    const follow = followLogs(server.kube, { ...at, onMissing: (reason) => missing.push(reason) });
    const looks = () => server.requests.filter((one) => one.includes('follow=true')).length;
    const opened = async (count: number) => {
      while (looks() < count) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    for await (const piece of follow) {
      const isFirst = text === '';
      text += piece.toString();
      if (isFirst) {
        // Nobody takes more for a while: two files come.
        newest = 1;
        await opened(2);
        newest = 2;
        await opened(3);
        // The node goes on with the newest, or forgets to.
        if (skipped) {
          const next = files[2]!.join('');
          first().write(torn ? next.slice(next.indexOf(' ') + 1) : next);
        }
      }
      if (text.includes('2.299')) finish();
    }
    const numbers = text.split('\n').map((one) => one.replace(` ${bulk}`, ''));
    const expected = [0, 1, 2].flatMap((number) =>
      Array.from({ length: 300 }, (_, index) => `${number}.${index}`),
    );
    return { numbers, expected: [...expected, 'end', ''], missing };
  }

  it.each([
    { skipped: true, torn: false },
    { skipped: true, torn: true },
    { skipped: false, torn: false },
    { skipped: false, torn: true },
  ])(
    'reads the files that came and went meanwhile: %j',
    async (how) => {
      const { expected, missing, numbers } = await rotated(how);
      expect(numbers).toEqual(expected);
      expect(missing).toEqual([]);
    },
    30_000,
  );

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
