import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languages } from '../../src/init/languages.js';
import { readHelper } from '../../src/sync/inject/helper-binary.js';
import { installPackage, type InstalledPackage } from '../rig/installed.js';

let installed: InstalledPackage;
beforeAll(async () => {
  installed = await installPackage();
}, 120_000);
afterAll(async () => {
  await installed[Symbol.asyncDispose]();
});

describe('the npm package', () => {
  it('holds the CLI, both helpers, the schema and the templates, and nothing else', () => {
    expect(installed.files.toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'bin/devspace.js',
      'bin/package.json',
      'devspace.schema.json',
      'dist/THIRD_PARTY_LICENSES.txt',
      'dist/help.txt',
      'dist/helper/devspace-helper-linux-amd64.gz',
      'dist/helper/devspace-helper-linux-arm64.gz',
      'dist/helper/manifest.json',
      'dist/program.cjs',
      'dist/start.cjs',
      ...languages
        .flatMap((name) => ['Dockerfile', 'dockerignore'].map((file) => `dist/templates/${name}/${file}`))
        .toSorted(),
      'dist/version.txt',
      'package.json',
    ]);
  });

  it('needs no other package', async () => {
    expect(await readdir(dirname(installed.dir))).toEqual(['devspace']);
    expect(await readdir(installed.dir)).not.toContain('node_modules');
  });

  it('works with nothing but node on the PATH', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const cwd = installed.dir;
    expect((await installed.run(['--version'], cwd)).stdout).toBe(`devspace version ${version}\n`);
    expect((await installed.run(['--help'], cwd)).stdout).toMatch(/^Usage: devspace /);
  });

  it.each(['x86_64', 'aarch64'])('has a sound helper for %s', async (machine) => {
    const helper = await readHelper(join(installed.dir, 'dist/helper'), machine);
    expect(helper.raw().subarray(0, 4).toString('latin1')).toBe('\u007fELF');
  });
});
