import { spawn } from 'node:child_process';
import { chownSync, cpSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CLI, runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const ENDED = { code: 1, stdout: '', stderr: expect.stringMatching(/^error CONFIG_NOT_FOUND/) as unknown };

/** The files of code that were kept in the cache folder `caches`. */
function keptIn(caches: string): string[] {
  const root = join(caches, 'devspace', 'code');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile());
}

function runDev(cwd: string, caches = join(cwd, 'caches')) {
  return runCli(['dev'], { cwd, env: { XDG_CACHE_HOME: caches, DEVSPACE_CONFIG: undefined } });
}

describe.skipIf(process.platform !== 'linux')('starting [the cache folder is that of Linux]', () => {
  it('keeps what it has compiled, and does so once', async () => {
    await using project = await makeProject({});
    expect(await runDev(project.dir)).toMatchObject(ENDED);
    const [file = '', ...others] = keptIn(project.path('caches'));
    expect(others).toEqual([]);
    expect(file).toMatch(/\/dev$/);
    utimesSync(file, 1, 1);
    expect(await runDev(project.dir)).toMatchObject(ENDED);
    expect(statSync(file).mtimeMs).toBe(1000);
  });

  it.each([
    ['damaged', (bytes: Buffer) => bytes.fill(0xff, bytes.length >> 1)],
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
    [
      'what V8 refuses',
      () =>
        Buffer.concat([
          new Uint8Array(new Uint32Array([crc32('?'.repeat(99))]).buffer),
          Buffer.from('?'.repeat(99)),
        ]),
    ],
  ])('makes anew what is %s', async (_, spoil) => {
    await using project = await makeProject({});
    await runDev(project.dir);
    const [file = ''] = keptIn(project.path('caches'));
    const { length } = readFileSync(file);
    writeFileSync(file, spoil(readFileSync(file)));
    expect(await runDev(project.dir)).toMatchObject(ENDED);
    expect(readFileSync(file).length).toBeGreaterThan(length / 2);
    expect(await runDev(project.dir)).toMatchObject(ENDED);
  });

  it('does without where nothing can be kept', async () => {
    await using project = await makeProject({ file: '' });
    for (const caches of ['/proc/none', '/dev/full/none', project.path('file')])
      expect(await runDev(project.dir, caches)).toMatchObject(ENDED);
    expect(readFileSync(project.path('file'), 'utf8')).toBe('');
  });

  it('can be done many times at once', async () => {
    await using project = await makeProject({});
    const results = await Promise.all(Array.from({ length: 6 }, () => runDev(project.dir)));
    for (const result of results) expect(result).toMatchObject(ENDED);
    expect(keptIn(project.path('caches'))).toHaveLength(1);
    expect(await runDev(project.dir)).toMatchObject(ENDED);
  });

  it.skipIf(process.getuid?.() !== 0)(
    '[as root] serves every user of an installation of root’s',
    async () => {
      await using project = await makeProject({});
      const root = dirname(dirname(CLI));
      for (const name of ['bin', 'dist'])
        cpSync(join(root, name), project.path(`installed/${name}`), { recursive: true });
      const nobody = 65_534;
      chownSync(project.dir, nobody, nobody);
      const code = await new Promise((resolve, reject) => {
        const env = { PATH: process.env['PATH'], HOME: project.dir };
        const args = [project.path('installed/bin/devspace.js'), 'dev'];
        spawn(process.execPath, args, { cwd: project.dir, env, uid: nobody, gid: nobody, stdio: 'ignore' })
          .on('exit', resolve)
          .on('error', reject);
      });
      expect(code).toBe(1);
      const [file = ''] = keptIn(project.path('.cache'));
      expect(statSync(file).uid).toBe(nobody);
    },
  );
});
