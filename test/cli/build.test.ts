import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const CONFIG = 'version: v1beta3\nimages: {web: {image: r.io/web}}\n';
const HAS_DOCKER = spawnSync('docker', ['--version']).status === 0;
if (!HAS_DOCKER) console.warn('Skipped: what devspace says of a stopped Docker needs the docker command');

describe('devspace build', () => {
  it('does nothing where there is nothing to build, and needs no cluster for it', async () => {
    await using project = await makeProject({ 'devspace.yaml': 'version: v1beta3\n' });
    const env = { KUBECONFIG: '/nonexistent', PATH: '/nonexistent' };
    expect(await runCli(['build'], { cwd: project.dir, env })).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: 'done No image had to be built. Run with -b to build all the same\n',
    });
  });

  it.skipIf(!HAS_DOCKER)('says that Docker is not running', async () => {
    await using project = await makeProject({ 'devspace.yaml': CONFIG, Dockerfile: 'FROM scratch\n' });
    const env = { DOCKER_HOST: 'unix:///nonexistent.sock' };
    const { code, stderr } = await runCli(['build'], { cwd: project.dir, env });
    expect(stderr).toMatch(
      /^error DOCKER_NOT_RUNNING: Docker does not answer at unix:\/\/\/nonexistent\.sock\n {2}hint: .*docker info\n$/m,
    );
    expect(code).toBe(1);
  });

  it('says that docker is missing', async () => {
    await using project = await makeProject({ 'devspace.yaml': CONFIG, Dockerfile: 'FROM scratch\n' });
    const { code, stdout, stderr } = await runCli(['build'], {
      cwd: project.dir,
      env: { PATH: project.dir },
    });
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `error TOOL_NOT_FOUND: "docker" is not on the PATH, and is needed to build images
  hint: Install Docker: https://docs.docker.com/get-docker/
`,
    });
  });

  it.each([
    ['Dockerfile', ''],
    ['docker/Dockerfile.dev', ', dockerfile: docker/Dockerfile.dev'],
  ])('says that %s is missing, before it looks for docker', async (file, more) => {
    await using project = await makeProject({
      'devspace.yaml': `version: v1beta3\nimages: {web: {image: r.io/web${more}}}\n`,
    });
    const { code, stderr } = await runCli(['build'], { cwd: project.dir, env: { PATH: project.dir } });
    expect(stderr).toMatch(
      `error DOCKERFILE_MISSING: The Dockerfile of image "web" does not exist: ${file}\n`,
    );
    expect(code).toBe(1);
  });
});
