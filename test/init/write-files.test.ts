import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { survey } from '../../src/init/survey.js';
import { writeFiles } from '../../src/init/write-files.js';
import { makeProject } from '../rig/project.js';

const { signal } = new AbortController();
const all = async (dir: string) => (await readdir(dir, { recursive: true })).toSorted();

describe('writeFiles', () => {
  const files = [
    { path: 'ignore', text: 'new' },
    { path: 'deep/er/file', text: '1' },
    { path: 'last', text: '2' },
  ];

  it('writes all', async () => {
    await using project = await makeProject({ ignore: 'old' });
    await writeFiles(project.dir, files, new Set(['ignore']), signal);
    expect(await all(project.dir)).toEqual(['deep', 'deep/er', 'deep/er/file', 'ignore', 'last']);
    expect(await readFile(project.path('ignore'), 'utf8')).toBe('new');
  });

  it('or none, never over a file that is there', async () => {
    await using project = await makeProject({ ignore: 'old', last: 'mine', 'deep/mine': '' });
    const writing = writeFiles(project.dir, files, new Set(['ignore']), signal);
    await expect(writing).rejects.toMatchObject({ code: 'FILE_EXISTS', subject: 'last' });
    expect(await all(project.dir)).toEqual(['deep', 'deep/mine', 'ignore', 'last']);
    expect(await readFile(project.path('ignore'), 'utf8')).toBe('old');
    expect(await readFile(project.path('last'), 'utf8')).toBe('mine');
  });

  it('or none when it is interrupted, or a folder is in the way', async () => {
    await using project = await makeProject({ ignore: 'old' });
    const stop = new AbortController();
    const path = {
      path: 'x',
      get text() {
        stop.abort(new Error('stop'));
        return '';
      },
    };
    await expect(
      writeFiles(project.dir, [...files, path, files[0]!], new Set(['ignore']), stop.signal),
    ).rejects.toThrow('stop');
    expect(await all(project.dir)).toEqual(['ignore']);
    const blocked = writeFiles(project.dir, [files[2]!, { path: 'ignore/x', text: '' }], new Set(), signal);
    await expect(blocked).rejects.toMatchObject({ code: 'FILE_NOT_WRITTEN' });
    expect(await all(project.dir)).toEqual(['ignore']);
  });
});

describe('survey', () => {
  it('looks at what people write, and not at what is installed or hidden', async () => {
    await using project = await makeProject({
      'package.json': '{}',
      'src/index.js': 'x',
      'node_modules/a/package.json': '',
      '.hidden/x.yaml': '',
      '.gitignore': '',
      'a/b/c/d/e.yaml': '',
      'big.yaml': 'x'.repeat(300_000),
    });
    const found = await survey(project.dir, signal);
    expect(found.files).toEqual(['.gitignore', 'big.yaml', 'package.json', 'src/index.js']);
    expect([...found.texts.keys()]).toEqual(['package.json', 'src/index.js']);
  });
});
