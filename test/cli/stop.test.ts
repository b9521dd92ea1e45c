import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { pidOf, startMarked } from '../rig/dev-run.js';
import { startCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';
import { until } from '../rig/until.js';

const env = { KUBECONFIG: '/nonexistent/kubeconfig', HOME: '/nonexistent' };
const yaml = `version: v1beta3
vars: [{ name: WHO, question: "Who is it?" }]
images: { web: { image: "x/\${WHO}" } }
`;

it.each([
  ['Ctrl-C', 130],
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('devspace dev can be stopped by %s while it asks for a variable', async (how, expected) => {
  await using project = await makeProject({ 'devspace.yaml': yaml });
  const terminal = { columns: 100, rows: 30, after: 'stty -a' };
  await using dev = startMarked({ name: 'none' }, ['dev'], { cwd: project.dir, env, terminal });
  await dev.printed(/Who is it\?/);
  dev.child.stdin.write('half an ans');
  await dev.printed(/half an ans/);
  if (how === 'Ctrl-C') dev.child.stdin.write('\u0003');
  else process.kill(await pidOf(dev), how);
  const { code, stdout } = await dev.exited;
  expect(code).toBe(expected);
  expect(stdout).toMatch(/[^-]icanon/);
  expect(stdout).toMatch(/[^-]isig/);
  expect(stdout).not.toMatch(/error/);
  expect(await dev.processes()).toEqual([]);
  expect(await readdir(project.dir, { recursive: true })).toEqual(['devspace.yaml']);
});

it('devspace dev ends, and does not crash, when its terminal is closed', async () => {
  await using project = await makeProject({ 'devspace.yaml': yaml });
  const terminal = { columns: 100, rows: 30, after: 'echo $code > ended' };
  await using dev = startMarked({ name: 'none' }, ['dev'], { cwd: project.dir, env, terminal });
  await dev.printed(/Who is it\?/);
  dev.child.kill('SIGKILL');
  const ended = () => readFile(project.path('ended'), 'utf8').catch(() => '');
  await until('it has ended', async () => (await ended()).endsWith('\n'));
  // By its own SIGKILL; a crash would be 134 or 139.
  expect(await ended()).toBe('137\n');
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('a command whose output nobody takes is ended by %s', async (signal, expected) => {
  const long = 'x'.repeat(10_000);
  const commands = Array.from({ length: 80 }, (_, index) => `  - { name: nap-${index}, command: "${long}" }`);
  await using project = await makeProject({
    'devspace.yaml': `version: v1beta3\ncommands:\n${commands.join('\n')}\n`,
  });
  await using cli = startCli(['print'], { cwd: project.dir, env });
  const { child } = cli;
  child.stdout.pause();
  // More than the pipe holds is still to come then.
  await until('the first output', () => child.stdout.readableLength > 0);
  const exit = once(child, 'exit');
  child.kill(signal);
  expect(await exit).toEqual([expected, null]);
  child.stdout.resume();
});
