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
    // The help is wrapped to the width of the terminal.
    const text = stdout.replace(/\s+/g, ' ');
    for (const { name, summary } of commands)
      expect(text).toMatch(new RegExp(` ${name} \\[options\\][^,]* ${summary}`));
    expect(stderr).toBe('');
  });

  it.each(commands)('explains $name with all its flags', async ({ name, flags, examples = [] }) => {
    const { code, stdout, stderr } = await runCli([name, '--help'], { cwd });
    expect(code).toBe(0);
    for (const { flag } of flags) expect(stdout).toContain(flag);
    for (const example of examples) expect(stdout).toContain(`  ${example}\n`);
    expect(stderr).toBe('');
  });

  it.each(
    commands.flatMap(({ name, subcommands = [] }) =>
      subcommands.map((spec) => [name, spec.name, spec] as const),
    ),
  )('explains %s %s with all its flags', async (name, subcommand, { flags, examples = [] }) => {
    const { code, stdout, stderr } = await runCli([name, subcommand, '--help'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^Usage: devspace ${name} ${subcommand} `));
    for (const { flag } of flags) expect(stdout).toContain(flag);
    for (const example of examples) expect(stdout).toContain(`  ${example}\n`);
    expect(stderr).toBe('');
  });

  it('prints its help where no command is given', async () => {
    const { code, stdout } = await runCli([], { cwd });
    expect(code).toBe(0);
    expect(stdout).toBe((await runCli(['--help'], { cwd })).stdout);
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
    [['--silent'], /no command given/],
    [['deploi'], /Did you mean deploy\?/],
    [['dev', '--nonsense'], /unknown option '--nonsense'[^]*hint: devspace dev --help/],
    [['dev', '--skip-bild'], /Did you mean --skip-build\?/],
    [['deploy', '--deployments'], /'--deployments <names>' argument missing/],
    [['dev', 'npm', 'test'], /only in interactive mode[^]*hint: devspace dev -i npm test/],
    [['use'], /no command given[^]*hint: devspace use --help/],
    [['use', 'nonsense'], /unknown command 'nonsense'/],
    [['status', 'nonsense'], /too many arguments for 'status'/],
    [['sync', 'nonsense'], /too many arguments for 'sync'/],
    [['build', 'web'], /too many arguments for 'build'/],
    [['logs', '--output', 'xml'], /--output xml is not known/],
    [['--output', 'xml', 'logs'], /--output xml is not known/],
    [['logs', '--lines', 'many'], /--lines wants a whole number from 0 or "all", got "many"/],
    [['dev', '--timeout', '-1'], /--timeout/],
    [
      ['sync', '--initial-sync', 'mirror'],
      /--initial-sync mirror is not known[^]*hint: use one of preferNewest, preferLocal, preferRemote, mirrorLocal, mirrorRemote, keepAll, disabled/,
    ],
    [['sync', '--upload-only', '--download-only'], /leave nothing to sync/],
    [['sync', '--path', ':/app'], /--path ":\/app" lacks a folder/],
    [['sync', '--sync-replicas'], /hint: name them with --label-selector or --image-selector/],
  ])('refuses %j with a hint and exit code 1', async (args, message) => {
    await using project = await makeProject({ 'devspace.yaml': 'version: v1beta3\n' });
    const { code, stdout, stderr } = await runCli(args, { cwd: project.dir });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error USAGE: .*\n(.*\n)* {2}hint: /);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it('does not colour what it prints into a pipe, unless it is told to', async () => {
    const stderrWith = async (env: Record<string, string>) =>
      (await runCli(['nonsense'], { cwd, env: { NO_COLOR: undefined, ...env } })).stderr;
    expect(await stderrWith({})).not.toContain('\u001b');
    expect(await stderrWith({ FORCE_COLOR: '1' })).toContain('\u001b[31m');
    expect(await stderrWith({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain('\u001b');
  });

  it('prints only the error when it is to be silent', async () => {
    await using project = await makeProject({ 'devspace.yaml': 'version: v9\n', 'deep/file': '' });
    const loud = await runCli(['deploy'], { cwd: project.path('deep') });
    const silent = await runCli(['deploy', '--silent'], { cwd: project.path('deep') });
    expect(loud.stderr).toBe(`info Using ${project.path('devspace.yaml')}\n${silent.stderr}`);
    expect(silent).toMatchObject({ code: 1, stdout: '' });
    expect(silent.stderr).toMatch(/^error CONFIG_VERSION/);
  });

  it.each([[['--output', 'json', 'deploy']], [['deploy', '--output=json']]])(
    'tells programs what happened and why it failed: %j',
    async (args) => {
      await using project = await makeProject({ 'devspace.yaml': 'version: v9\n', 'deep/file': '' });
      const { code, stdout, stderr } = await runCli(args, { cwd: project.path('deep') });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^error CONFIG_VERSION/);
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      expect(events).toMatchObject([
        { type: 'note', level: 'info', text: `Using ${project.path('devspace.yaml')}` },
        {
          type: 'failed',
          code: 'CONFIG_VERSION',
          text: expect.stringContaining('devspace.yaml:1:10') as unknown,
        },
      ]);
    },
  );

  it('ends quietly when the reader of its output has gone', async () => {
    await using cli = startCli(['--help'], { cwd });
    cli.child.stdout.destroy();
    expect(await cli.exited).toMatchObject({ code: 0, stderr: '' });
  });
});

/** A module to load before the CLI, which breaks something in it. */
const breaking = (code: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
});

describe('a bug of devspace itself', () => {
  it.each([
    ['in a command', `process.cwd = () => { throw new TypeError('boom'); }`],
    [
      'that nobody waits for',
      `process.on('newListener', (name) => { if (name === 'SIGTERM') Promise.reject(new TypeError('boom')); })`,
    ],
  ])('%s is told as one, and ends it with 70', async (_, code) => {
    const result = await runCli(['logs'], { cwd, env: breaking(code) });
    expect(result.stderr).toMatch(
      /^error INTERNAL: devspace ran into a bug of its own\n {2}TypeError: boom\n {6}at /m,
    );
    expect(result.stderr).toMatch(/^ {2}hint: please report this with the lines above$/m);
    expect(result.code).toBe(70);
  });
});
