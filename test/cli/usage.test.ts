import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src/commands/table.js';
import { runCli, startCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const cwd = process.cwd();

describe('devspace', () => {
  it('lists every command in its help, on stdout', async () => {
    const { code, stdout, stderr } = await runCli(['--help'], { cwd });
    expect(code).toBe(0);
    for (const { name, summary } of commands) expect(stdout).toMatch(new RegExp(`\\b${name}\\b.*${summary}`));
    expect(stderr).toBe('');
  });

  it.each(commands)('explains $name with all its flags', async ({ name, flags }) => {
    const { code, stdout } = await runCli([name, '--help'], { cwd });
    expect(code).toBe(0);
    for (const { flag } of flags) expect(stdout).toContain(flag);
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(await runCli(['--version'], { cwd })).toMatchObject({
      code: 0,
      stdout: `devspace version ${version}\n`,
    });
  });

  it.each([
    [['nonsense'], /unknown command 'nonsense'/],
    [['deploi'], /Did you mean deploy\?/],
    [['dev', '--nonsense'], /unknown option '--nonsense'/],
    [['logs', '--output', 'xml'], /--output xml is not known/],
    [['--output', 'xml', 'logs'], /--output xml is not known/],
    [['logs', '--lines', 'many'], /--lines wants a whole number from 0, got "many"/],
    [['dev', '--timeout', '-1'], /--timeout/],
  ])('refuses %j with a hint and exit code 1', async (args, message) => {
    await using project = await makeProject({ 'devspace.yaml': 'version: v1beta3\n' });
    const { code, stdout, stderr } = await runCli(args, { cwd: project.dir });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error USAGE: .*\n(.*\n)* {2}hint: /);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it('does not colour what it prints into a pipe, unless it is told to', async () => {
    const plain = await runCli(['nonsense'], { cwd, env: { NO_COLOR: undefined } });
    expect(plain.stderr).not.toContain('\u001b');
    const forced = await runCli(['nonsense'], { cwd, env: { NO_COLOR: undefined, FORCE_COLOR: '1' } });
    expect(forced.stderr).toContain('\u001b');
  });

  it('ends quietly when the reader of its output has gone', async () => {
    await using cli = startCli(['--help'], { cwd });
    cli.child.stdout.destroy();
    expect(await cli.exited).toMatchObject({ code: 0, stderr: '' });
  });
});
