import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { openState } from '../../src/state/cache.js';
import { tempFolder } from './temp-folder.js';

async function write(root: string, text: string): Promise<void> {
  await mkdir(join(root, '.devspace'), { recursive: true });
  await writeFile(join(root, '.devspace/generated.yaml'), text);
}

async function content(root: string): Promise<unknown> {
  return parse(await readFile(join(root, '.devspace/generated.yaml'), 'utf8'));
}

describe('openState', () => {
  it('is empty, and writes nothing, without a file', async () => {
    await using folder = await tempFolder();
    const state = await openState(folder.path);
    expect([state.images, state.deployments, state.lastContext, state.warning]).toEqual([
      {},
      {},
      undefined,
      undefined,
    ]);
    await state.save();
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('keeps what it is told, in the form of DevSpace', async () => {
    await using folder = await tempFolder();
    const state = await openState(folder.path);
    state.setImage('web', { imageName: 'reg/web', tag: '1234567', contextHash: 'c' });
    state.setDeployment('app', { deploymentConfigHash: 'd' });
    state.setLastContext({ context: 'kind', namespace: 'dev' });
    expect(state.images['web']).toEqual({ imageName: 'reg/web', tag: '1234567', contextHash: 'c' });
    await state.save();
    expect(await content(folder.path)).toEqual({
      profiles: {
        '': {
          images: { web: { imageName: 'reg/web', tag: '1234567', contextHash: 'c' } },
          deployments: { app: { deploymentConfigHash: 'd' } },
          lastContext: { context: 'kind', namespace: 'dev' },
        },
      },
    });
    expect((await readdir(join(folder.path, '.devspace'))).toSorted()).toEqual([
      '.gitignore',
      'generated.yaml',
    ]);
    const again = await openState(folder.path);
    expect([again.images, again.deployments, again.lastContext]).toEqual([
      { web: { imageName: 'reg/web', tag: '1234567', contextHash: 'c' } },
      { app: { deploymentConfigHash: 'd' } },
      { context: 'kind', namespace: 'dev' },
    ]);
    expect((await openState(folder.path, { profile: 'other' })).images).toEqual({});
  });

  it('keeps what it does not know and other profiles', async () => {
    await using folder = await tempFolder();
    const before = {
      activeProfile: 'x',
      vars: { A: 'b' },
      profiles: {
        '': { images: { web: { tag: 'old', contextHash: 'c', later: [1] } }, dependencies: { d: 'h' } },
        x: { images: {} },
      },
    };
    await write(folder.path, JSON.stringify(before));
    const state = await openState(folder.path);
    state.setImage('web', { tag: 'new' });
    await state.save();
    before.profiles[''].images.web = { tag: 'new', later: [1] } as never;
    expect(await content(folder.path)).toEqual(before);
  });

  it('does not undo what another run saved in the meantime', async () => {
    await using folder = await tempFolder();
    const [one, two] = [await openState(folder.path), await openState(folder.path)];
    one.setImage('a', { tag: '1' });
    two.setImage('b', { tag: '2' });
    await Promise.all([one.save(), two.save()]);
    one.setImage('a', undefined);
    await one.save();
    expect((await openState(folder.path)).images).toEqual({ b: { tag: '2' } });
  });

  it.each([
    ['broken YAML', 'profiles: [\n'],
    ['no map', '- a\n'],
    ['an alias to nowhere', 'profiles: *x\n'],
  ])('sets a file aside that is %s', async (_name, text) => {
    await using folder = await tempFolder();
    await write(folder.path, text);
    const state = await openState(folder.path);
    const aside = (await readdir(join(folder.path, '.devspace'))).find((name) => name.endsWith('.bak'));
    expect(await readFile(join(folder.path, '.devspace', aside ?? ''), 'utf8')).toBe(text);
    expect(state.warning).toBe(
      `${join(folder.path, '.devspace/generated.yaml')} could not be understood and starts anew; ` +
        `its old content is in ${join(folder.path, '.devspace', aside ?? '')}`,
    );
    state.setImage('a', { tag: '1' });
    await state.save();
    expect((await openState(folder.path)).images).toEqual({ a: { tag: '1' } });
  });

  it.each(['', 'profiles:\n', 'profiles: 3\n', 'profiles: {"": {images: [a], deployments: {x: y}}}\n'])(
    'takes odd content for nothing: %j',
    async (text) => {
      await using folder = await tempFolder();
      await write(folder.path, text);
      const state = await openState(folder.path);
      expect([state.images, state.lastContext, state.warning]).toEqual([{}, undefined, undefined]);
      state.setImage('__proto__', { tag: '1' });
      state.setDeployment('x', { deploymentConfigHash: 'h' });
      await state.save();
      expect(Object.entries((await openState(folder.path)).images)).toEqual([['__proto__', { tag: '1' }]]);
    },
  );

  it('reads tags that look like numbers as text', async () => {
    await using folder = await tempFolder();
    await write(folder.path, 'profiles: {"": {images: {web: {tag: 1234567, imageName: "x"}}}}');
    expect((await openState(folder.path)).images['web']).toEqual({ tag: '1234567', imageName: 'x' });
  });
});
