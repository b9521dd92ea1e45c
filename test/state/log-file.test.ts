import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLogFile } from '../../src/state/log-file.js';
import { tempFolder } from './temp-folder.js';

const now = (): Date => new Date('2024-05-06T07:08:09Z');

describe('openLogFile', () => {
  it('appends lines of JSON in order', async () => {
    await using folder = await tempFolder();
    for (const msgs of [['one', 'zwei\n"ß"'], ['three']]) {
      await using log = await openLogFile(folder.path, 'default', { now });
      for (const msg of msgs) log.write('info', msg);
    }
    const file = join(folder.path, '.devspace/logs/default.log');
    expect(await readFile(file, 'utf8')).toBe(
      `{"level":"info","msg":"one","time":"2024-05-06T07:08:09.000Z"}\n` +
        `{"level":"info","msg":"zwei\\n\\"ß\\"","time":"2024-05-06T07:08:09.000Z"}\n` +
        `{"level":"info","msg":"three","time":"2024-05-06T07:08:09.000Z"}\n`,
    );
    expect(await readFile(join(folder.path, '.devspace/.gitignore'), 'utf8')).toBe('*\n');
  });

  it('starts anew when it is full, keeping one old file', async () => {
    await using folder = await tempFolder();
    const file = join(folder.path, '.devspace/logs/sync.log');
    for (const msg of ['a', 'b', 'c']) {
      await using log = await openLogFile(folder.path, 'sync', { maxBytes: 10, now });
      log.write('info', msg);
    }
    expect((await readdir(join(folder.path, '.devspace/logs'))).toSorted()).toEqual([
      'sync.log',
      'sync.log.old',
    ]);
    expect(await readFile(file, 'utf8')).toContain('"c"');
    expect(await readFile(`${file}.old`, 'utf8')).toContain('"b"');
  });

  it('keeps memory bounded and counts what it left out', async () => {
    await using folder = await tempFolder();
    const line = 'x'.repeat(1000);
    {
      await using log = await openLogFile(folder.path, 'default');
      for (let count = 0; count < 10_000; count++) log.write('info', line);
    }
    const lines = (await readFile(join(folder.path, '.devspace/logs/default.log'), 'utf8'))
      .trimEnd()
      .split('\n');
    const last = JSON.parse(lines.at(-1) ?? '') as { level: string; msg: string };
    expect(lines.length).toBeLessThan(5000);
    expect(last).toMatchObject({
      level: 'warn',
      msg: `${10_000 - (lines.length - 1)} lines left out: the disk is too slow`,
    });
  });

  it('fails clearly when the folder cannot be made', async () => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, '.devspace'));
    await writeFile(join(folder.path, '.devspace/logs'), '');
    await expect(openLogFile(folder.path, 'default')).rejects.toMatchObject({ code: 'STATE_NOT_WRITTEN' });
  });

  it('ignores what is written after it was closed', async () => {
    await using folder = await tempFolder();
    const log = await openLogFile(folder.path, 'default');
    await log[Symbol.asyncDispose]();
    log.write('info', 'late');
    expect(await readFile(log.path, 'utf8')).toBe('');
  });
});
