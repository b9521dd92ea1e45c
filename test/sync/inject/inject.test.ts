import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { isFailure } from '../../../src/base/failure.js';
import { type HelperBinary, readHelper } from '../../../src/sync/inject/helper-binary.js';
import { injectHelper, type OpenProcess } from '../../../src/sync/inject/inject.js';
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
  return { name: 'helper', gzip: gzipSync(raw), raw: () => raw };
};

describe.skipIf(missing)('the real helper', () => {
  let helperDir: string;
  beforeAll(async () => {
    helperDir = await buildHelper();
  }, 120_000);
  afterAll(() => rmSync(helperDir, { recursive: true, force: true }));

  const inject = (open: OpenProcess) =>
    injectHelper(open, (machine) => readHelper(helperDir, machine), signal);

  it.each([
    ['with gzip', '/usr/bin:/bin'],
    ['without gzip', 'only'],
  ])('says hello %s', async (_, path) => {
    // A PATH without gzip: only what the script cannot do without.
    mkdirSync(join(base, 'bin'));
    for (const tool of ['uname', 'head', 'mkdir', 'chmod', 'rm'])
      writeFileSync(join(base, 'bin', tool), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${tool} "$@"\n`, {
        mode: 0o755,
      });
    const env = { TMPDIR: base, PATH: path === 'only' ? join(base, 'bin') : path };
    const stream = await inject(openHere({ env }));
    expect(stream.hello).toMatchObject({ frame: 'HELLO', version: 1, os: 'linux' });
    stream.process.stdin.end();
    await expect(stream.process.exit).resolves.toBe(0);
    expect(readdirSync(base)).toEqual(['bin']);
  });

  it('passes by a directory it may not use, and one where nothing can be run', async () => {
    const children: Child[] = [];
    const stream = await inject(openHere({ env: { TMPDIR: '/proc' }, started: children }));
    expect(stream.hello.frame).toBe('HELLO');
    stream.process.stdin.end();
    await stream.process.exit;
  });
});

describe('what goes wrong', () => {
  const none = async () => script('exit 0');

  it('no shell', async () => {
    const open: OpenProcess = (command, signal) => openHere()(['/no/bin/sh', ...command.slice(1)], signal);
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

  it('a helper that speaks another language', async () => {
    const bad = async () => script('printf "\\0\\0\\0\\1\\216"; cat');
    await expect(injectHelper(openHere({ env: { TMPDIR: base } }), bad, signal)).rejects.toEqual(
      failsWith('SYNC_PROTOCOL'),
    );
  });

  it('a damaged installation', async () => {
    await expect(readHelper(base, 'x86_64')).rejects.toEqual(failsWith('SYNC_INJECT_FAILED'));
    const listed = { file: 'h.gz', size: 1, gzipSize: 1, sha256: '0'.repeat(64) };
    writeFileSync(join(base, 'manifest.json'), JSON.stringify({ amd64: listed }));
    writeFileSync(join(base, 'h.gz'), gzipSync('x'));
    await expect(readHelper(base, 'x86_64')).rejects.toThrow('does not have the hash');
    expect(readFileSync(join(base, 'h.gz')).length).toBeGreaterThan(0);
  });
});
