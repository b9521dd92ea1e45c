import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Failure } from '../../src/base/failure.js';
import { debianMirror } from './debian-rootfs.js';
import type { Layout } from './paths.js';
import { run } from './run.js';

/**
 * Fetches Debian bookworm's source package of Kubernetes: the last with the whole tree in it. It is found through package
 * lists of its own, so that the machine's apt configuration stays as it is. It is put where GOPATH wants
 * it.
 */
export async function fetchDebianSource(gopath: string, layout: Layout): Promise<string> {
  const tree = path.join(gopath, 'src/k8s.io/kubernetes');
  if (existsSync(tree)) return tree;
  const work = path.join(layout.src, 'debian');
  await rm(work, { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial']) {
    await mkdir(path.join(work, folder), { recursive: true });
  }
  const sources = path.join(work, 'sources.list');
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
  const mirror = await debianMirror();
  await writeFile(
    sources,
    `deb-src [signed-by=${keyring}] ${mirror} bookworm main\ndeb [signed-by=${keyring}] ${mirror} bookworm main\n`,
  );
  const options = [
    `Dir::Etc::SourceList=${sources}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::State::Lists=${path.join(work, 'lists')}`,
    `Dir::Cache=${path.join(work, 'cache')}`,
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  const apt = (...args: string[]): Promise<unknown> => run('apt-get', [...options, ...args], { cwd: work });

  await apt('update', '-q');
  await apt('source', '--download-only', 'kubernetes');
  await apt('download', 'golang-github-modern-go-reflect2-dev');
  const unpacked = path.join(work, 'tree');
  await run('dpkg-source', ['--no-check', '-x', await one(work, '.dsc'), unpacked], { cwd: work });

  // The vendored reflect2 calls into the runtime with a signature that ended with Go 1.17; Debian's own does not.
  const newer = path.join(work, 'reflect2');
  await run('dpkg', ['-x', await one(work, '.deb'), newer], { cwd: work });
  const vendored = path.join(unpacked, 'vendor/github.com/modern-go/reflect2');
  await rm(vendored, { recursive: true });
  await cp(path.join(newer, 'usr/share/gocode/src/github.com/modern-go/reflect2'), vendored, {
    recursive: true,
  });

  await mkdir(path.dirname(tree), { recursive: true });
  await rename(unpacked, tree);
  await rm(work, { recursive: true });
  return tree;
}

async function one(folder: string, ending: string): Promise<string> {
  const found = (await readdir(folder)).find((name) => name.endsWith(ending));
  if (found) return found;
  throw new Failure({
    code: 'CLUSTER_SOURCE_MISSING',
    message: `apt-get brought no ${ending} file`,
    subject: folder,
  });
}
