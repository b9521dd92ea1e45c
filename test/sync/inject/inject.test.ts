import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type Failure, isFailure } from '../../../src/base/failure.js';
import { type HelperBinary, readHelper } from '../../../src/sync/inject/helper-binary.js';
import { injectHelper, type OpenProcess } from '../../../src/sync/inject/inject.js';
import { protocolVersion } from '../../../src/sync/wire/messages.js';
import { buildHelper, type Child, helperMissing, openHere } from '../rig.js';

const missing = helperMissing();
if (missing) console.log(`injection is not tested: ${missing}`);
const signal = new AbortController().signal;
const failsWith = (code: string) => expect.toSatisfy((error: unknown) => isFailure(error, code));

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'devspace-inject-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** A "helper" that is a shell script: enough where it never gets to speak. */
const script = (text: string): HelperBinary => {
  const raw = Buffer.from(`#!/bin/sh\n${text}\n`);
  const sha256 = createHash('sha256').update(raw).digest('hex');
  return { name: 'helper', gzip: gzipSync(raw), size: raw.length, sha256, raw: () => raw };
};

describe.skipIf(missing)('the real helper', { timeout: 30_000 }, () => {
  let helperDir: string;
  beforeAll(async () => {
    helperDir = await buildHelper();
  }, 120_000);
  afterAll(() => rmSync(helperDir, { recursive: true, force: true }));

  const inject = (open: OpenProcess) =>
    injectHelper(open, (machine) => readHelper(helperDir, machine), signal);

  it.each([
    ['with all tools', []],
    ['without gzip', ['uname', 'head', 'mkdir', 'chmod', 'rm', 'sha256sum']],
    ['with the fewest tools', ['mkdir', 'chmod', 'dd', 'wc']],
  ])(
    'says hello %s',
    async (_, tools) => {
      mkdirSync(join(base, 'bin'));
      symlinkSync('/bin/sh', join(base, 'bin/sh'));
      for (const tool of tools)
        writeFileSync(join(base, 'bin', tool), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${tool} "$@"\n`, {
          mode: 0o755,
        });
      const env = { TMPDIR: base, PATH: tools.length > 0 ? join(base, 'bin') : '/usr/bin:/bin' };
      const stream = await inject(openHere({ env }));
      expect(stream.hello).toMatchObject({ frame: 'HELLO', version: protocolVersion, os: 'linux' });
      stream.process.stdin.end();
      await expect(stream.process.exit).resolves.toBe(0);
      expect(readdirSync(base)).toEqual(['bin']);
      // dd takes the helper byte by byte.
    },
    30_000,
  );

  it('many at once do not disturb each other, and the last leaves nothing', async () => {
    const starts = Array.from({ length: 8 }, () => inject(openHere({ env: { TMPDIR: base } })));
    const streams = await Promise.all(starts);
    expect(new Set(streams.map((stream) => stream.hello.pid)).size).toBe(8);
    expect(readdirSync(base)).toHaveLength(8);
    await Promise.all(
      streams.map(async ({ process }) => {
        process.stdin.end();
        await expect(process.exit).resolves.toBe(0);
      }),
    );
    expect(readdirSync(base)).toEqual([]);
  });

  it('sweeps what a killed helper left, but not what another one uses', async () => {
    const children: Child[] = [];
    const start = () => inject(openHere({ env: { TMPDIR: base }, started: children }));
    await start();
    const [killed] = readdirSync(base);
    const other = await start();
    const live = readdirSync(base).find((name) => name !== killed);
    await children[0]![Symbol.asyncDispose]();
    const old = new Date(Date.now() - 3_600_000);
    for (const name of readdirSync(base)) utimesSync(join(base, name), old, old);
    const stream = await start();
    await until(() => !readdirSync(base).includes(killed!));
    expect(readdirSync(base)).toContain(live);
    for (const { process } of [other, stream]) {
      process.stdin.end();
      await process.exit;
    }
    expect(readdirSync(base)).toEqual([]);
  });

  it('keeps out of the synced directory, if it can', async () => {
    const stream = await injectHelper(
      openHere({ env: { TMPDIR: base } }),
      (machine) => readHelper(helperDir, machine),
      signal,
      { root: base },
    );
    expect(readdirSync(base)).toEqual([]);
    stream.process.stdin.end();
    await stream.process.exit;
  });

  it('passes by a directory it may not use, and one where nothing can be run', async () => {
    const children: Child[] = [];
    const stream = await inject(openHere({ env: { TMPDIR: '/proc' }, started: children }));
    expect(stream.hello.frame).toBe('HELLO');
    stream.process.stdin.end();
    await stream.process.exit;
  });
});

/** Waits until it is true; the test's own time limit ends it. */
async function until(test: () => boolean): Promise<void> {
  while (!test()) await delay(5);
}

describe('what goes wrong', { timeout: 30_000 }, () => {
  const none = async () => script('exit 0');

  it('no shell', async () => {
    const open: OpenProcess = (command, signal) => openHere()(['/no/such/sh', ...command.slice(1)], signal);
    // As the runtimes say it.
    const said: OpenProcess = (_, signal) =>
      openHere()(
        [
          '/bin/sh',
          '-c',
          'echo \'exec failed: "/bin/sh": stat /bin/sh: no such file or directory\' >&2; exit 126',
        ],
        signal,
      );
    await expect(injectHelper(said, none, signal)).rejects.toEqual(failsWith('SYNC_NO_SHELL'));
    await expect(injectHelper(open, none, signal)).rejects.toEqual(failsWith('SYNC_NO_SHELL'));
    const silent: OpenProcess = (_, signal) => openHere()(['/bin/sh', '-c', 'exit 127'], signal);
    await expect(injectHelper(silent, none, signal)).rejects.toEqual(failsWith('SYNC_NO_SHELL'));
  });

  it('not the tools that are needed', async () => {
    mkdirSync(join(base, 'bin'));
    symlinkSync('/bin/sh', join(base, 'bin/sh'));
    const open = openHere({ env: { PATH: join(base, 'bin') } });
    const error: unknown = await injectHelper(open, none, signal).catch((error: unknown) => error);
    expect(error).toEqual(failsWith('SYNC_NO_SHELL'));
    expect(error).toMatchObject({ message: expect.stringContaining('no mkdir') as string });
    // And then there is the other way.
    const asked: Failure[] = [];
    const beside = async (noShell: Failure) => {
      asked.push(noShell);
      throw new Error('it was asked');
    };
    await expect(injectHelper(open, none, signal, { beside })).rejects.toThrow('it was asked');
    expect(asked).toEqual([error]);
  });

  it.each([
    ['sha256sum', 'its hash is'],
    ['wc', 'bytes instead of'],
  ])('a helper that did not arrive whole is not run (%s)', async (tool, said) => {
    mkdirSync(join(base, 'bin'));
    for (const name of ['mkdir', 'chmod', 'rm', 'head', tool])
      symlinkSync(join('/usr/bin', name), join(base, 'bin', name));
    symlinkSync('/bin/sh', join(base, 'bin/sh'));
    const whole = script(`touch ${join(base, 'it-ran')}\n`);
    const part = { ...whole, raw: () => whole.raw().subarray(0, -1) };
    const open = openHere({ env: { TMPDIR: base, PATH: join(base, 'bin') } });
    const error: unknown = await injectHelper(open, async () => part, signal).catch(
      (error: unknown) => error,
    );
    expect(error).toEqual(failsWith('SYNC_INJECT_FAILED'));
    expect(error).toMatchObject({ details: [expect.stringContaining(said)] });
    expect(readdirSync(base)).toEqual(['bin']);
  });

  it('no directory to write to', async () => {
    // Nothing can be made anywhere when mkdir always fails.
    mkdirSync(join(base, 'bin'));
    writeFileSync(join(base, 'bin/mkdir'), '#!/bin/sh\nexit 1\n');
    chmodSync(join(base, 'bin/mkdir'), 0o755);
    const open = openHere({ env: { PATH: `${join(base, 'bin')}:/usr/bin:/bin` } });
    await expect(injectHelper(open, none, signal)).rejects.toEqual(failsWith('SYNC_NO_WRITABLE_DIR'));
  });

  it('another machine', async () => {
    mkdirSync(join(base, 'bin'));
    writeFileSync(join(base, 'bin/uname'), '#!/bin/sh\necho riscv64\n', { mode: 0o755 });
    const open = openHere({ env: { TMPDIR: base, PATH: `${join(base, 'bin')}:/usr/bin:/bin` } });
    await expect(injectHelper(open, (machine) => readHelper(base, machine), signal)).rejects.toEqual(
      failsWith('SYNC_UNSUPPORTED_ARCH'),
    );
    expect(readdirSync(base)).toEqual(['bin']);
  });

  it('a helper that ends at once, with what it said', async () => {
    const bad = async () => script('echo it is broken >&2; exit 3');
    const error: unknown = await injectHelper(openHere({ env: { TMPDIR: base } }), bad, signal).catch(
      (error: unknown) => error,
    );
    expect(error).toEqual(failsWith('SYNC_INJECT_FAILED'));
    expect(error).toMatchObject({ details: ['it is broken'] });
  });

  it('a connection that breaks while it starts: the next one may hold', async () => {
    const open: OpenProcess = async () => {
      const stdout = new PassThrough();
      const lost = new Error('read ECONNRESET');
      const exit = Promise.reject(lost);
      exit.catch(() => {});
      setImmediate(() => stdout.destroy(lost));
      return {
        stdin: new PassThrough(),
        stdout,
        stderr: new PassThrough().end(),
        exit,
        [Symbol.asyncDispose]: async () => {},
      };
    };
    const error: unknown = await injectHelper(open, none, signal).catch((error: unknown) => error);
    expect(error).toEqual(failsWith('SYNC_STREAM_LOST'));
    expect(error).toMatchObject({ message: expect.stringContaining('read ECONNRESET') });
  });

  it('a helper that speaks another language', async () => {
    const bad = async () => script('printf "\\0\\0\\0\\1\\216"; cat');
    await expect(injectHelper(openHere({ env: { TMPDIR: base } }), bad, signal)).rejects.toEqual(
      failsWith('SYNC_PROTOCOL'),
    );
  });

  it('a damaged installation', async () => {
    await expect(readHelper(base, 'x86_64')).rejects.toEqual(failsWith('SYNC_INJECT_FAILED'));
    const hashes = { sha256: '0'.repeat(64), gzipSha256: '0'.repeat(64) };
    const listed = { file: 'h.gz', size: 1, gzipSize: 1, ...hashes };
    writeFileSync(join(base, 'manifest.json'), JSON.stringify({ amd64: listed }));
    writeFileSync(join(base, 'h.gz'), gzipSync('x'));
    await expect(readHelper(base, 'x86_64')).rejects.toThrow('does not have the hash');
    expect(readFileSync(join(base, 'h.gz')).length).toBeGreaterThan(0);
  });
});
