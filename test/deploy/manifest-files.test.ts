import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findManifests } from '../../src/deploy/manifest-files.js';

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'devspace-manifests-'));
  const files = [
    'kube/b.yaml',
    'kube/a.yml',
    'kube/c.json',
    'kube/README.md',
    'kube/.hidden.yaml',
    'kube/deep/d.yaml',
    'kube/deep/e/f.yaml',
    'kube/deep/x.tpl',
    'one/k8s.yaml',
    'two/k8s.yaml',
    'none/README.md',
    'base/kustomization.yaml',
    'other/Kustomization',
  ];
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), '');
  }
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

const shown = (entry: string): string[] =>
  findManifests(root, entry, false).map(({ kind, origin }) => (kind === 'file' ? origin : kind));

describe('findManifests', () => {
  it.each([
    ['kube/b.yaml', ['kube/b.yaml']],
    ['./kube/b.yaml', ['kube/b.yaml']],
    ['kube/README.md', ['kube/README.md']],
    ['kube', ['kube/.hidden.yaml', 'kube/a.yml', 'kube/b.yaml', 'kube/c.json']],
    ['kube/', ['kube/.hidden.yaml', 'kube/a.yml', 'kube/b.yaml', 'kube/c.json']],
    ['kube/*', ['kube/a.yml', 'kube/b.yaml', 'kube/c.json']],
    ['kube/*.yaml', ['kube/b.yaml']],
    ['kube/?.y*ml', ['kube/a.yml', 'kube/b.yaml']],
    [
      'kube/**',
      [
        'kube/.hidden.yaml',
        'kube/a.yml',
        'kube/b.yaml',
        'kube/c.json',
        'kube/deep/d.yaml',
        'kube/deep/e/f.yaml',
      ],
    ],
    ['kube/**/*.yaml', ['kube/b.yaml', 'kube/deep/d.yaml', 'kube/deep/e/f.yaml']],
    ['kube/deep/*.tpl', ['kube/deep/x.tpl']],
    ['*/k8s.yaml', ['one/k8s.yaml', 'two/k8s.yaml']],
    ['kube/deep*', ['kube/deep/d.yaml']],
    ['https://example.com/a.yaml', ['url']],
  ])('%s', (entry, expected) => {
    expect(shown(entry)).toEqual(expected);
  });

  it.each([
    ['missing.yaml', 'no such file or folder'],
    ['none', 'holds no .yaml'],
    ['none/*', 'no file matches'],
    ['kube/*.toml', 'no file matches'],
  ])('%s is not found', (entry, why) => {
    expect(() => shown(entry)).toThrow(
      expect.objectContaining({
        code: 'MANIFEST_NOT_FOUND',
        subject: entry,
        message: expect.stringContaining(why) as string,
      }),
    );
  });

  it.each([
    ['base', 'base'],
    ['base/', 'base/'],
    ['base/*', 'base/'],
    ['base/kustomization.yaml', 'base'],
    ['other/Kustomization', 'other'],
  ])('kustomization %s', (entry, folder) => {
    expect(findManifests(root, entry, true)).toMatchObject([
      { kind: 'kustomization', target: join(root, folder) },
    ]);
  });

  it('passes a remote kustomization on', () => {
    const target = 'github.com/org/repo//base?ref=v1';
    expect(findManifests(root, target, true)).toEqual([{ kind: 'kustomization', target, origin: target }]);
  });

  it.each(['kube', 'missing'])('refuses %s without a kustomization', (entry) => {
    expect(() => findManifests(root, entry, true)).toThrow(
      expect.objectContaining({ code: 'MANIFEST_NOT_FOUND' }),
    );
  });
});
