import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentManifest, removeImages, uniqueRepository } from '../rig/app.js';
import { makeNamespace, type Namespace } from '../rig/cluster.js';
import { startMarked } from '../rig/dev-run.js';
import { makeProject, type Project } from '../rig/project.js';

const repository = uniqueRepository();
const manifest = deploymentManifest({ image: '${runtime.images.web}' }).replace(/^/gm, '        ');

describe('dev.overrideImages, and manifests in devspace.yaml', () => {
  let namespace: Namespace;
  let project: Project;
  beforeAll(async () => {
    [namespace, project] = await Promise.all([
      makeNamespace(),
      makeProject({
        'devspace.yaml': `version: v1beta3
vars:
  - { name: REPOSITORY, value: ${repository} }
images:
  web: { image: "\${REPOSITORY}", tag: v-####, createPullSecret: false }
deployments:
  - name: web
    kubectl:
      inlineManifest: |
${manifest}
dev:
  overrideImages:
    - { name: web, dockerfile: dev/Dockerfile, context: dev, entrypoint: [sh, -c, "cat /where; sleep 9999"] }
`,
        Dockerfile:
          'FROM busybox:1\nCOPY where /where\nCMD ["sh", "-c", "echo plain; cat /where; sleep 9999"]\n',
        where: 'production\n',
        'dev/Dockerfile': 'FROM busybox:1\nCOPY where /where\n',
        'dev/where': 'development\n',
      }),
    ]);
  });
  afterAll(async () => {
    await namespace?.[Symbol.asyncDispose]();
    await project?.[Symbol.asyncDispose]();
    await removeImages(repository);
  });

  it('dev builds with its own Dockerfile, context and command; deploy does not', async () => {
    await using dev = startMarked(namespace, ['dev', '--no-open'], { cwd: project.dir });
    await dev.printed(/^.*development$/m, 120_000);
    expect(dev.output().stderr).toMatch(new RegExp(`${repository}:v-[A-Za-z0-9]{4}\\b`));
    dev.child.kill('SIGINT');
    expect((await dev.exited).code).toBe(0);

    await using deploy = startMarked(namespace, ['deploy'], { cwd: project.dir });
    expect(await deploy.exited).toMatchObject({ code: 0 });
    await using logs = startMarked(
      namespace,
      ['logs', '--image-selector', repository, '--follow', '--timeout', '60'],
      { cwd: project.dir },
    );
    await logs.printed(/plain\nproduction\n/, 120_000);
  });
});
