import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { recallProject } from '../../../src/commands/project/project-memory.js';
import { openState } from '../../../src/state/cache.js';
import { tempFolder } from '../../state/temp-folder.js';

const env = { HOME: '/nonexistent' };
const nothing = { repositories: new Set(), lastContext: undefined };

it('recalls nothing where there is no project', async () => {
  await using folder = await tempFolder();
  expect(await recallProject({ cwd: folder.path, env })).toEqual(nothing);
});

it('recalls what the project around was built as and where it went, whatever the config looks like now', async () => {
  await using folder = await tempFolder();
  await writeFile(join(folder.path, 'devspace.yaml'), 'no: [config');
  const below = join(folder.path, 'below');
  await mkdir(below);
  expect(await recallProject({ cwd: below, env })).toEqual(nothing);
  const state = await openState(folder.path);
  state.setImage('web', { imageName: 'r.io/me/web', tag: 'abc' });
  state.setImage('db', { imageName: 'postgres' });
  state.setImage('odd', { tag: 'abc' });
  state.setLastContext({ context: 'kind', namespace: 'shop' });
  await state.save();
  expect(await recallProject({ cwd: below, env })).toEqual({
    repositories: new Set(['r.io/me/web', 'docker.io/library/postgres']),
    lastContext: { context: 'kind', namespace: 'shop' },
  });
});
