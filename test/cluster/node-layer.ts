import { existsSync } from 'node:fs';
import { chown, cp, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from './run.js';

/**
 * What turns `debian:bookworm` into `node:20`: this machine's own Node and npm. Node links against nothing but libc and
 * libstdc++, both in a minimal Debian; it is started once in there, to be sure.
 */
export async function nodeLayer(work: string): Promise<string> {
  const root = path.join(work, 'node');
  const bin = path.join(root, 'usr/local/bin');
  const modules = path.join(root, 'usr/local/lib/node_modules');
  await mkdir(bin, { recursive: true });
  const node = await realpath(process.execPath);
  await cp(node, path.join(bin, 'node'));
  await symlink('node', path.join(bin, 'nodejs'));

  const npm = path.resolve(path.dirname(node), '../lib/node_modules/npm');
  if (existsSync(npm)) {
    await cp(npm, path.join(modules, 'npm'), { recursive: true, verbatimSymlinks: true });
    for (const name of ['npm', 'npx']) {
      await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, path.join(bin, name));
    }
  }
  const debian = path.join(work, 'debian');
  await cp(path.join(bin, 'node'), path.join(debian, 'usr/local/bin/node'));
  await run('chroot', [debian, '/usr/local/bin/node', '--version']);

  await addUser(debian, root);

  const layer = path.join(work, 'node-layer.tar');
  await run('tar', ['-C', root, '--numeric-owner', '-cf', layer, '.']);
  return layer;
}

/** The user `node` (1000) of the usual image, for Dockerfiles that say `USER node`. */
async function addUser(debian: string, root: string): Promise<void> {
  const home = path.join(root, 'home/node');
  await mkdir(home, { recursive: true });
  await chown(home, 1000, 1000);
  await mkdir(path.join(root, 'etc'));
  for (const [file, line] of [
    ['etc/passwd', 'node:x:1000:1000::/home/node:/bin/bash'],
    ['etc/group', 'node:x:1000:'],
  ] as const) {
    await writeFile(path.join(root, file), `${await readFile(path.join(debian, file), 'utf8')}${line}\n`);
  }
}
