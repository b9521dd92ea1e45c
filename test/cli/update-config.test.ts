import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const old = `version: v1beta7
# the images
images:
  web: {image: team/web, tags: [v1]}
deployments:
- name: web
  helm: {chart: {name: ./chart}, v2: true} # helm
`;
const rewritten = `version: v1beta3
# the images
images:
  web: {image: team/web, tag: v1}
deployments:
- name: web
  helm: {chart: {name: ./chart}} # helm
`;
const diff = `- version: v1beta7
+ version: v1beta3
  # the images
  images:
-   web: {image: team/web, tags: [v1]}
+   web: {image: team/web, tag: v1}
  deployments:
  - name: web
-   helm: {chart: {name: ./chart}, v2: true} # helm
+   helm: {chart: {name: ./chart}} # helm
`;

describe('devspace update config', () => {
  it('rewrites the file and shows what changed', async () => {
    await using project = await makeProject({ 'devspace.yaml': old });
    const file = join(project.dir, 'devspace.yaml');
    const dry = await runCli(['update', 'config', '--dry-run'], { cwd: project.dir });
    expect(dry).toMatchObject({ code: 0, stdout: diff });
    expect(dry.stderr).toContain('devspace.yaml would become v1beta3; it was v1beta7');
    expect(await readFile(file, 'utf8')).toBe(old);

    const done = await runCli(['update', 'config'], { cwd: project.dir });
    expect(done).toMatchObject({ code: 0, stdout: diff });
    expect(done.stderr).toContain(
      'devspace.yaml:7:34: deployments[0].helm.v2: has no effect: charts are deployed with Helm 3',
    );
    expect(done.stderr).toContain('devspace.yaml is now v1beta3; it was v1beta7');
    expect(await readFile(file, 'utf8')).toBe(rewritten);

    const again = await runCli(['update', 'config'], { cwd: project.dir });
    expect(again).toMatchObject({ code: 0, stdout: '' });
    expect(again.stderr).toContain('devspace.yaml is v1beta3 already');
  });

  it('leaves a file alone that cannot be written so', async () => {
    await using project = await makeProject({ 'devspace.yaml': old });
    const file = join(project.dir, 'devspace.yaml');
    const text = `${old}profiles: [{name: p, patches: [{op: remove, path: images.web.tags}]}]\n`;
    await writeFile(file, text);
    const { mtimeMs } = await stat(file);
    const result = await runCli(['update', 'config'], { cwd: project.dir });
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain(
      'profiles[0].patches[0].path: a patch of what is written differently in v1beta3 cannot be rewritten',
    );
    expect(await readFile(file, 'utf8')).toBe(text);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  });
});
