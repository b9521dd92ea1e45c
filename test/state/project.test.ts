import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProject } from '../../src/state/project.js';
import { tempFolder } from './temp-folder.js';

const text = 'version: v1beta3\n';

describe('findProject', () => {
  it('walks up to the nearest devspace.yaml', async () => {
    await using folder = await tempFolder();
    const root = join(folder.path, 'project');
    await mkdir(join(root, 'a/b'), { recursive: true });
    await writeFile(join(folder.path, 'devspace.yaml'), 'other');
    await writeFile(join(root, 'devspace.yaml'), text);
    const file = join(root, 'devspace.yaml');
    expect(await findProject(root, { env: {} })).toEqual({ root, file, name: 'devspace.yaml', text });
    expect(await findProject(join(root, 'a/b'), { env: {} })).toEqual({
      root,
      file,
      name: '../../devspace.yaml',
      text,
    });
  });

  it('goes past a folder of that name', async () => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, 'a/devspace.yaml'), { recursive: true });
    await writeFile(join(folder.path, 'devspace.yaml'), text);
    expect(await findProject(join(folder.path, 'a'), { env: {} })).toMatchObject({ root: folder.path });
  });

  it('leaves out the home folder, also behind a symlink, and goes on above it', async () => {
    await using folder = await tempFolder();
    const home = join(folder.path, 'home');
    await mkdir(join(home, 'a'), { recursive: true });
    await symlink(home, join(folder.path, 'link'));
    await writeFile(join(home, 'devspace.yaml'), text);
    const env = { HOME: join(folder.path, 'link') };
    await expect(findProject(join(home, 'a'), { env })).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      message: `there is no devspace.yaml in ${join(home, 'a')} or any folder above it`,
      hint: `${join(home, 'devspace.yaml')} is not used, because it would catch every folder below: move it`,
    });
    await writeFile(join(folder.path, 'devspace.yaml'), text);
    expect(await findProject(join(home, 'a'), { env })).toMatchObject({ root: folder.path });
  });

  it.each([
    ['devspace.yml', (file: string) => `rename ${file} to devspace.yaml`],
    [
      'devspace-configs.yaml',
      (file: string) => `${file} is of DevSpace 3: write its configs as profiles in devspace.yaml`,
    ],
    ['README.md', () => "go to your project's folder, or make one there: devspace init"],
  ])('says what to do when there is only %s', async (name, hint) => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, name), '');
    const attempt = findProject(folder.path, { env: {} });
    await expect(attempt).rejects.toMatchObject({
      code: 'CONFIG_NOT_FOUND',
      hint: hint(join(folder.path, name)),
    });
  });

  it('refuses more than 1 MB without reading it', async () => {
    await using folder = await tempFolder();
    await writeFile(join(folder.path, 'devspace.yaml'), '');
    await truncate(join(folder.path, 'devspace.yaml'), 1_000_001);
    const attempt = findProject(folder.path, { env: {} });
    await expect(attempt).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'devspace.yaml is larger than 1 MB',
    });
  });

  it('names the line that is not UTF-8', async () => {
    await using folder = await tempFolder();
    await writeFile(
      join(folder.path, 'devspace.yaml'),
      Buffer.from('version: v1beta3\n# caf\xe9\n', 'latin1'),
    );
    const attempt = findProject(folder.path, { env: {} });
    await expect(attempt).rejects.toMatchObject({
      code: 'CONFIG_SYNTAX',
      message: 'devspace.yaml:2: not UTF-8 text',
    });
  });
});
