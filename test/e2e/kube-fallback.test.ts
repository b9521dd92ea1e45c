import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openExec, runExec } from '../../src/kube/exec/exec.js';
import { loadKube, type Kube } from '../../src/kube/kube.js';
import { runCli } from '../rig/cli.js';
import { startUpgradeProxy, type UpgradeRules } from '../rig/upgrade-proxy.js';
import { kubeApp, type KubeApp } from '../rig/kube-app.js';
import { kubeconfig } from '../rig/kube-rig.js';

const v5 = 'v5.channel.k8s.io';
const v4 = 'v4.channel.k8s.io';
/** The certificate of the tests' own API server is borrowed. */
const ours = kubeconfig !== undefined && !process.env['DEVSPACE_TEST_CONTEXT'];
if (!ours) console.warn("Skipped: the fall-backs of exec need the tests' own cluster");

describe.skipIf(!ours)('exec where not every upgrade gets through', () => {
  let rig: KubeApp;
  beforeAll(async () => {
    rig = await kubeApp();
  });
  afterAll(() => rig?.[Symbol.asyncDispose]());

  async function before(
    rules: UpgradeRules,
  ): Promise<{ kube: Kube; file: string; upgrades: string[] } & AsyncDisposable> {
    const proxy = await startUpgradeProxy(kubeconfig!, rules);
    const file = await rig.kubeconfigVia((way) => (way.server = proxy.url));
    const kube = await loadKube({ env: { KUBECONFIG: file } });
    return {
      kube,
      file,
      upgrades: proxy.upgrades,
      async [Symbol.asyncDispose]() {
        kube[Symbol.dispose]();
        await proxy[Symbol.asyncDispose]();
      },
    };
  }

  it('a server before 1.30: the end of input goes over SPDY, all else over its WebSockets', async () => {
    await using old = await before({ webSocket: 'v4', spdy: true });
    await using cat = await openExec(old.kube, {
      ...rig.at('sh', '-c', 'cat; echo err >&2; exit 3'),
      halfClose: true,
    });
    expect(cat.canCloseStdin).toBe(true);
    cat.stdin.end('to the end');
    expect(await Promise.all([text(cat.stdout), text(cat.stderr), cat.exit])).toEqual([
      'to the end',
      'err\n',
      3,
    ]);
    expect(old.upgrades).toEqual(['SPDY/3.1']);

    await using plain = await openExec(old.kube, rig.at('true'));
    expect(plain.canCloseStdin).toBe(false);
    expect(await plain.exit).toBe(0);
    expect(old.upgrades[1]).toBe(`websocket ${v5} ${v4}`);
  });

  it('the same for the command: piped input that is read to its end', async () => {
    await using old = await before({ webSocket: 'v4', spdy: true });
    const input = Buffer.alloc(5_000_000, 'line\n');
    const args = ['enter', '-n', rig.namespace, '--pod', 'app', '--', 'wc', '-c'];
    const result = await runCli(args, { cwd: rig.folder, env: { KUBECONFIG: old.file }, input });
    expect(result).toMatchObject({ code: 0, stdout: '5000000\n' });
  });

  it('warns where the end of input cannot be passed on at all', async () => {
    await using old = await before({ webSocket: 'v4', spdy: false });
    const args = ['enter', '-n', rig.namespace, '--pod', 'app', '--', 'sh', '-c', 'head -c 3; sleep 1'];
    const result = await runCli(args, { cwd: rig.folder, env: { KUBECONFIG: old.file }, input: 'abcdef' });
    expect(result).toMatchObject({ code: 0, stdout: 'abc' });
    expect(result.stderr).toContain('The end of the input cannot be passed on');
    // Later on comes what watches over the network.
    expect(old.upgrades.slice(0, 3)).toEqual(['SPDY/3.1', `websocket ${v5}`, `websocket ${v4}`]);
  });

  it('no WebSockets: everything over SPDY', async () => {
    await using old = await before({ webSocket: 'none', spdy: true });
    const result = await runExec(old.kube, rig.at('sh', '-c', 'echo out; echo err >&2; exit 7'));
    expect(result).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' });
    await using lost = await openExec(old.kube, rig.at('/no/such/program'));
    await expect(lost.exit).rejects.toMatchObject({ code: 'EXEC_FAILED', exitCode: 127 });
    await expect(openExec(old.kube, { ...rig.at('true'), pod: 'nope' })).rejects.toMatchObject({
      code: 'KUBE_NOT_FOUND',
    });
  });

  it('SPDY brings 32 MiB there and back unharmed, and then the end', async () => {
    await using old = await before({ webSocket: 'none', spdy: true });
    await using stream = await openExec(old.kube, rig.at('cat'));
    const sent = createHash('sha256');
    const received = createHash('sha256');
    const writing = (async () => {
      for (let count = 0; count < 512; count += 1) {
        const block = Buffer.alloc(65_536, count);
        sent.update(block);
        if (!stream.stdin.write(block)) await once(stream.stdin, 'drain');
      }
      stream.stdin.end();
    })();
    for await (const chunk of stream.stdout) received.update(chunk as Buffer);
    await writing;
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect(await stream.exit).toBe(0);
  });

  it('SPDY holds an endless writer back while nobody reads, and is over when it is disposed of', async () => {
    await using old = await before({ webSocket: 'none', spdy: true });
    const stream = await openExec(old.kube, rig.at('cat', '/dev/zero'));
    await once(stream.stdout, 'readable');
    for (let last = -1; last !== stream.stdout.readableLength;) {
      last = stream.stdout.readableLength;
      await runExec(rig.kube, rig.at('sleep', '0.2'));
    }
    expect(stream.stdout.readableLength).toBeLessThan(2 * 1024 * 1024);
    await stream[Symbol.asyncDispose]();
    await expect(stream.exit).rejects.toMatchObject({ code: 'STREAM_LOST' });
  });

  it('SPDY gives a terminal its size, and resizes it', async () => {
    await using old = await before({ webSocket: 'none', spdy: true });
    const until = (size: string) =>
      `until [ "$(stty size 2>&1)" = "${size}" ]; do sleep 0.05; done; stty size`;
    const command = ['sh', '-c', `${until('33 91')}; read x; ${until('40 120')}`];
    const size = { columns: 91, rows: 33 };
    await using stream = await openExec(old.kube, { ...rig.at(...command), tty: true, size });
    stream.stdout.setEncoding('utf8');
    const [first] = (await once(stream.stdout, 'data')) as [string];
    expect(first).toContain('33 91');
    stream.resize(120, 40);
    stream.stdin.write('\n');
    expect(await text(stream.stdout)).toContain('40 120');
    expect(await stream.exit).toBe(0);
  });

  it('SPDY: the signal ends it with its reason', async () => {
    await using old = await before({ webSocket: 'none', spdy: true });
    const stop = new AbortController();
    await using stream = await openExec(old.kube, rig.at('sleep', '1000'), stop.signal);
    stop.abort(new Error('enough'));
    await expect(stream.exit).rejects.toThrow('enough');
    expect(await text(stream.stdout)).toBe('');
  });

  it('neither: says what each was told, and how to see whether kubectl gets through', async () => {
    await using old = await before({ webSocket: 'none', spdy: false });
    await expect(openExec(old.kube, rig.at('true'))).rejects.toMatchObject({
      code: 'STREAM_UNSUPPORTED',
      message: expect.stringContaining('passes neither WebSockets nor SPDY on') as string,
      hint: expect.stringContaining(`exec -n ${rig.namespace} app -c main -- true`) as string,
      details: [expect.stringContaining('WebSockets (HTTP 403)'), expect.stringContaining('SPDY/3.1')],
    });
  });
});
