import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { isFailure } from '../../src/base/failure.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openExec, runExec } from '../../src/kube/exec/exec.js';
import { waitForTarget, type Target } from '../../src/kube/select/select.js';
import { kubeconfig, kubeRig, type KubeRig } from '../rig/kube-rig.js';

describe.skipIf(!kubeconfig)('exec in a real container', () => {
  let rig: KubeRig;
  let target: Target;
  beforeAll(async () => {
    rig = await kubeRig();
    await rig.pod('app', ['sleep', '100000']);
    target = await waitForTarget(rig.kube, { namespace: rig.namespace, labelSelector: { app: 'app' } });
  });
  afterAll(() => rig[Symbol.asyncDispose]());
  const at = (...command: string[]) => ({
    namespace: rig.namespace,
    pod: target.pod,
    container: target.container,
    command,
  });

  it('passes output, errors and the exit code', async () => {
    const result = await runExec(rig.kube, at('sh', '-c', 'echo out; echo err >&2; exit 7'));
    expect(result).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
  });

  it('sends input and closes it where the server can', async () => {
    await using stream = await openExec(rig.kube, at('sh', '-c', 'head -c 5; echo'));
    stream.stdin.write('hello');
    expect(await text(stream.stdout)).toBe('hello\n');
    expect(await stream.exit).toBe(0);
    if (!stream.canCloseStdin) return;
    await using cat = await openExec(rig.kube, at('cat'));
    cat.stdin.end('to the end');
    expect(await text(cat.stdout)).toBe('to the end');
    expect(await cat.exit).toBe(0);
  });

  it('brings 32 MiB through input and output unharmed', async () => {
    const size = 32 * 1024 * 1024;
    await using stream = await openExec(rig.kube, at('head', '-c', String(size)));
    const sent = createHash('sha256');
    const received = createHash('sha256');
    const writing = (async () => {
      for (let at = 0; at < size; at += 65_536) {
        const block = Buffer.alloc(65_536, at / 65_536);
        sent.update(block);
        if (!stream.stdin.write(block)) await once(stream.stdin, 'drain');
      }
    })();
    let bytes = 0;
    for await (const chunk of stream.stdout) {
      received.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
    await writing;
    expect(bytes).toBe(size);
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect(await stream.exit).toBe(0);
  });

  it('holds an endless writer back while nobody reads', async () => {
    await using stream = await openExec(rig.kube, at('cat', '/dev/zero'));
    const before = process.memoryUsage().rss;
    await once(stream.stdout, 'readable');
    // A second exec that moves 100 MB shows that time has passed in which an unbounded reader would have swallowed as much.
    await using other = await openExec(rig.kube, at('head', '-c', '100000000', '/dev/zero'));
    for await (const _ of other.stdout);
    expect(await other.exit).toBe(0);
    expect(stream.stdout.readableLength).toBeLessThan(2 * 1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024);
  });

  it('holds us back while the command does not read', async () => {
    await using stream = await openExec(rig.kube, at('sleep', '1000'));
    let taken = 0;
    const block = Buffer.alloc(65_536);
    const fill = (): void => {
      let more = true;
      while (more) more = stream.stdin.write(block, () => (taken += block.length));
    };
    stream.stdin.on('drain', fill);
    fill();
    // Full when a round trip of another exec goes by without a single block being taken.
    for (let last = -1; last !== taken;) {
      last = taken;
      await runExec(rig.kube, at('sleep', '0.3'));
    }
    expect(taken).toBeLessThan(64 * 1024 * 1024);
    expect(stream.stdin.writableLength).toBeLessThan(1024 * 1024);
  });

  it('gets the exit code of a command that leaves megabytes of input unread', async () => {
    const codes: unknown[] = [];
    // On a machine that is busy most attempts end in one of the two ways below.
    for (let count = 0; count < 3 || (count < 40 && !codes.includes(5)); count += 1) {
      await using stream = await openExec(rig.kube, { ...at('sh', '-c', 'exit 5'), halfClose: true });
      stream.stdin.write(Buffer.alloc(5_000_000));
      // Now and then the container runtime itself waits for a reader of that input for ever, whoever asks.
      const stuck = new Promise((resolve) => setTimeout(resolve, 3000, 'stuck').unref());
      // Or it cuts the stream: then no code may be made up.
      const exit = stream.exit.catch((error: unknown) => {
        if (isFailure(error, 'STREAM_LOST')) return 'lost';
        throw error;
      });
      codes.push(await Promise.race([exit, stuck]));
    }
    expect(codes).toContain(5);
    expect(codes.filter((code) => code !== 'stuck' && code !== 'lost' && code !== 5)).toEqual([]);
  });

  it('gives a terminal its size, and resizes it', async () => {
    const until = (size: string) =>
      `until [ "$(stty size 2>&1)" = "${size}" ]; do sleep 0.05; done; stty size`;
    const command = ['sh', '-c', `${until('33 91')}; read x; ${until('40 120')}`];
    await using stream = await openExec(rig.kube, {
      ...at(...command),
      tty: true,
      size: { columns: 91, rows: 33 },
    });
    stream.stdout.setEncoding('utf8');
    const [first] = (await once(stream.stdout, 'data')) as [string];
    expect(first).toContain('33 91');
    stream.resize(120, 40);
    stream.stdin.write('\n');
    expect(await text(stream.stdout)).toContain('40 120');
    expect(await stream.exit).toBe(0);
  });

  it('names what the runtime could not run', async () => {
    await using stream = await openExec(rig.kube, at('/no/such/program'));
    await expect(stream.exit).rejects.toMatchObject({
      code: 'EXEC_FAILED',
      message: expect.stringContaining('no such file') as string,
      exitCode: 127,
    });
  });

  it.each([
    ['an unknown container', { container: 'nope' }, 'KUBE_REJECTED', 'nope'],
    ['an unknown pod', { pod: 'nope' }, 'KUBE_NOT_FOUND', '"nope" not found'],
  ])('keeps the words of the refusal for %s', async (_name, change, code, words) => {
    const opening = openExec(rig.kube, { ...at('true'), ...change });
    await expect(opening).rejects.toMatchObject({ code, message: expect.stringContaining(words) as string });
  });

  it('rejects with the reason of the signal, and ends the output', async () => {
    const stop = new AbortController();
    await using stream = await openExec(rig.kube, at('sleep', '1000'), stop.signal);
    stop.abort(new Error('enough'));
    await expect(stream.exit).rejects.toThrow('enough');
    expect(await text(stream.stdout)).toBe('');
  });
});
