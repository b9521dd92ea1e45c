import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const env = { KUBECONFIG: '/nonexistent/kubeconfig', HOME: '/nonexistent' };
const images = (...names: string[]): string =>
  `version: v1beta3\nimages: {${names.map((name) => `${name}: {image: x/${name}}`).join(', ')}}\n`;

describe('devspace dev -i, before anything is built', () => {
  it.each([
    [
      'no image',
      images(),
      [],
      /^error INTERACTIVE_NO_IMAGE: .*\n {2}hint: .*dev\.interactive\.terminal\.labelSelector/m,
    ],
    [
      'several images',
      images('a', 'b'),
      [],
      /^error INTERACTIVE_AMBIGUOUS: There are 2 images .*: a, b\n {2}hint: /m,
    ],
    ['events', images('a'), ['--output=json'], /^error USAGE: devspace dev -i cannot print events/m],
  ])('refuses %s', async (_name, yaml, flags, message) => {
    await using project = await makeProject({ 'devspace.yaml': yaml });
    const { code, stderr } = await runCli(['dev', '-i', ...flags], { cwd: project.dir, env });
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });

  it('is the default where the config says so, unless told otherwise', async () => {
    const yaml = `${images('a', 'b')}dev: {interactive: {defaultEnabled: true}}\n`;
    await using project = await makeProject({ 'devspace.yaml': yaml });
    const withIt = await runCli(['dev'], { cwd: project.dir, env });
    expect(withIt.stderr).toContain('error INTERACTIVE_AMBIGUOUS');
    const without = await runCli(['dev', '--no-interactive'], { cwd: project.dir, env });
    expect(without.stderr).not.toContain('INTERACTIVE');
  });
});
