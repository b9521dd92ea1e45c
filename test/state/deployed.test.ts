import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDeployed } from '../../src/state/deployed.js';
import { tempFolder } from './temp-folder.js';

const fileOf = (folder: { path: string }) => join(folder.path, '.devspace', 'deployed.json');

describe('what was deployed', () => {
  it('is there for the next run, until it is gone', async () => {
    await using folder = await tempFolder();
    const first = await openDeployed<string>(folder.path);
    expect([first.names(), first.get('web')]).toEqual([[], []]);
    await first.set('web', ['a', 'b']);
    await first.set('api', ['c']);
    expect(first.get('web')).toEqual(['a', 'b']);
    const second = await openDeployed<string>(folder.path);
    expect([second.names(), second.get('web')]).toEqual([
      ['web', 'api'],
      ['a', 'b'],
    ]);
    await second.set('web', []);
    expect([second.names(), second.get('web')]).toEqual([['api'], []]);
    expect((await openDeployed(folder.path)).names()).toEqual(['api']);
    expect(await readFile(join(folder.path, '.devspace', '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('keeps what another run has written meanwhile', async () => {
    await using folder = await tempFolder();
    const [one, other] = [await openDeployed<string>(folder.path), await openDeployed<string>(folder.path)];
    await Promise.all([one.set('web', ['a']), other.set('api', ['b'])]);
    const now = await openDeployed<string>(folder.path);
    expect([now.get('web'), now.get('api')]).toEqual([['a'], ['b']]);
  });

  it('takes names as they are', async () => {
    await using folder = await tempFolder();
    const record = await openDeployed<string>(folder.path);
    await record.set('__proto__', ['a']);
    await record.set('constructor', ['b']);
    const again = await openDeployed<string>(folder.path);
    expect([again.get('__proto__'), again.get('constructor'), again.get('toString')]).toEqual([
      ['a'],
      ['b'],
      [],
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['another version', '{"version":2,"deployments":{"web":["a"]}}'],
    ['no map', '{"version":1,"deployments":"web"}'],
    ['null', 'null'],
    ['an entry that is no list', '{"version":1,"deployments":{"web":"a"}}'],
  ])('counts as nothing where the file is %s', async (_, text) => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, '.devspace'));
    await writeFile(fileOf(folder), text);
    const record = await openDeployed<string>(folder.path);
    expect([record.names(), record.get('web')]).toEqual([[], []]);
    await record.set('web', ['a']);
    expect(JSON.parse(await readFile(fileOf(folder), 'utf8'))).toEqual({
      version: 1,
      deployments: { web: ['a'] },
    });
  });

  it('says when it cannot be written', async () => {
    await using folder = await tempFolder();
    // A file where the folder should be: also root cannot write into that.
    await writeFile(join(folder.path, '.devspace'), '');
    const record = await openDeployed<string>(folder.path);
    await expect(record.set('web', ['a'])).rejects.toMatchObject({
      code: 'STATE_NOT_WRITTEN',
    });
  });
});
