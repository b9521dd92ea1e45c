import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const config = `version: v1beta3
commands:
  - name: show
    command: printf '<%s>'
    description: show the arguments
  - name: place
    command: pwd; echo "$DEVSPACE_TEST_WORD"
  - name: both
    command: |
      first="$1"
      printf '[%s]' "$first" "$@"
  - name: words
    command: printf
    args: ['%s;', $HOME]
  - name: fail
    command: echo out; echo err >&2; exit 7
  - name: killed
    command: kill -9 $$
  - name: read
    command: read -r line; echo "got $line"
  - name: gone
    command: no-such-program-anywhere
    args: []
`;
const makeIt = (text = config) => makeProject({ 'devspace.yaml': text, 'deep/er/file': '' });
const env = { KUBECONFIG: '/nonexistent/kubeconfig' };

describe('devspace run', () => {
  it.each([
    [['show', "it's", 'a  b', '$HOME', '`ls`', ''], "<it's><a  b><$HOME><`ls`><>"],
    [['show', '--help', '-n', 'x', '--output', 'json'], '<--help><-n><x><--output><json>'],
    [['show', '--', '-a', '--'], '<-a><-->'],
    [['both', 'one', 'two'], '[one][one][two]'],
    [['words', 'three'], '$HOME;three;'],
  ])('passes the words of %j on as they are', async (args, expected) => {
    await using project = await makeIt();
    expect(await runCli(['run', ...args], { cwd: project.dir, env })).toMatchObject({
      stdout: expected,
      stderr: '',
      code: 0,
    });
  });

  it('runs in the folder of the project, with the environment of devspace', async () => {
    await using project = await makeIt();
    const cwd = project.path('deep/er');
    const result = await runCli(['run', 'place'], { cwd, env: { ...env, DEVSPACE_TEST_WORD: 'word' } });
    expect(result.stdout).toBe(`${project.dir}\nword\n`);
    expect(result.stderr).toBe(`info Using ${project.path('devspace.yaml')}\n`);
  });

  it('ends as the command does', async () => {
    await using project = await makeIt();
    expect(await runCli(['run', 'fail'], { cwd: project.dir, env })).toMatchObject({
      stdout: 'out\n',
      stderr: 'err\n',
      code: 7,
    });
    expect(await runCli(['run', 'killed'], { cwd: project.dir, env })).toMatchObject({
      code: 137,
      stderr: '',
    });
    expect(await runCli(['run', 'read'], { cwd: project.dir, env, input: 'hello\n' })).toMatchObject({
      stdout: 'got hello\n',
    });
  });

  it('gives a termination to the command, and waits for how it ends', async () => {
    await using project = await makeIt(`version: v1beta3
commands:
  - name: serve
    command: trap 'echo cleaned up; exit 5' TERM; echo up; while :; do read -r line < fifo; done
`);
    await runCli(['run', 'x'], { cwd: project.dir, env });
    await using cli = startCli(['run', 'serve'], { cwd: project.dir, env });
    await cli.printed(/up/);
    cli.child.kill('SIGTERM');
    expect(await cli.exited).toMatchObject({
      code: 5,
      stdout: expect.stringMatching(/^up\n[^]*cleaned up\n$/) as string,
    });
  });

  it('leaves Ctrl-C to a command that has the terminal, as often as it is pressed', async () => {
    await using project = await makeIt(`version: v1beta3
commands:
  - name: repl
    command: exec node repl.js
`);
    await project.write(
      'repl.js',
      `let count = 0;
process.on('SIGINT', () => console.log('interrupted', ++count));
process.stdin.on('data', (data) => { if (String(data).includes('quit')) process.exit(3); });
console.log('ready', process.stdin.isTTY, process.stdout.isTTY);
`,
    );
    await using cli = startCli(['run', 'repl'], {
      cwd: project.dir,
      env,
      terminal: { columns: 80, rows: 24 },
    });
    await cli.printed(/ready true true/);
    for (const count of [1, 2, 3]) {
      cli.child.stdin.write('\u0003');
      await cli.printed(new RegExp(`interrupted ${count}`));
    }
    cli.child.stdin.write('quit\n');
    expect(await cli.exited).toMatchObject({ code: 3 });
    expect(cli.output().stdout).not.toContain('interrupted 4');
  });

  it('names the command that was probably meant', async () => {
    await using project = await makeIt();
    const { code, stderr } = await runCli(['run', 'shwo'], { cwd: project.dir, env });
    expect(stderr)
      .toBe(`error COMMAND_NOT_FOUND: there is no command "shwo" in devspace.yaml, did you mean "show"?
  hint: devspace list commands
`);
    expect(code).toBe(1);
    const gone = await runCli(['run', 'gone'], { cwd: project.dir, env });
    expect(gone.stderr).toContain('error TOOL_NOT_FOUND: "no-such-program-anywhere" was not found');
  });

  it('is as good as list commands without a name', async () => {
    await using project = await makeIt();
    const list = await runCli(['list', 'commands'], { cwd: project.dir, env });
    expect(list).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `Name    Command                          Description
show    printf '<%s>'                    show the arguments
place   pwd; echo "$DEVSPACE_TEST_WORD"
both    first="$1"...
words   printf %s; $HOME
fail    echo out; echo err >&2; exit 7
killed  kill -9 $$
read    read -r line; echo "got $line"
gone    no-such-program-anywhere
`,
    });
    expect(await runCli(['run'], { cwd: project.dir, env })).toEqual(list);
    const { stdout } = await runCli(['list', 'commands', '--output', 'json'], { cwd: project.dir, env });
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'result',
      commands: expect.arrayContaining([
        { name: 'words', command: 'printf', args: ['%s;', '$HOME'] },
      ]) as unknown,
    });
  });

  it('says so when there are none', async () => {
    await using project = await makeIt('version: v1beta3\n');
    expect(await runCli(['list', 'commands'], { cwd: project.dir, env })).toMatchObject({
      stdout: '',
      stderr: 'info No commands in devspace.yaml: add some to commands\n',
      code: 0,
    });
    const { stderr } = await runCli(['run', 'test'], { cwd: project.dir, env });
    expect(stderr).toMatch(/hint: add it to devspace.yaml: commands/);
  });

  it('fills in variables of the config, and leaves those of the shell', async () => {
    await using project = await makeIt(`version: v1beta3
vars:
  - name: WORD
    default: none
  - name: UNUSED
    question: Which one?
images: {app: {image: "a/\${UNUSED}"}}
commands:
  - name: say
    command: other=yes; echo "\${WORD} \${other} \${DEVSPACE_USER_HOME:+home} $1"
`);
    const say = async (...args: string[]) =>
      runCli([...args, 'two'], { cwd: project.dir, env: { ...env, WORD: undefined } });
    expect(await say('run', '--var', 'WORD=one', 'say')).toMatchObject({
      stdout: 'one yes  two two\n',
      stderr: '',
    });
    expect((await say('--var', 'WORD=before', 'run', 'say')).stdout).toBe('before yes  two two\n');
  });

  it('needs the variables of its own command only', async () => {
    await using project = await makeIt(`version: v1beta3
commands:
  - name: say
    command: echo \${WORD}
  - name: push
    command: echo \${TOKEN}
vars:
  - name: WORD
  - name: TOKEN
    password: true
`);
    const inside = { cwd: project.dir, env };
    expect(await runCli(['run', '--var', 'WORD=yes', 'say'], inside)).toMatchObject({
      stdout: 'yes\n',
      stderr: '',
      code: 0,
    });
    expect((await runCli(['run', 'say'], inside)).stderr).toMatch(/^error VARIABLE_MISSING: variable WORD /);
    // Of a name that is misspelt, and of a list, nothing is asked.
    expect((await runCli(['run', 'sya'], inside)).stderr).toMatch(/^error COMMAND_NOT_FOUND/);
    expect((await runCli(['run'], inside)).stdout).toContain('push  echo ${TOKEN}');
  });

  it('takes flags of devspace in front of the name', async () => {
    await using project = await makeIt();
    const { stdout } = await runCli(['run', '--silent', 'show', '--silent'], { cwd: project.dir, env });
    expect(stdout).toBe('<--silent>');
    const help = await runCli(['run', '--help'], { cwd: project.dir, env });
    expect(help.stdout).toMatch(/^Usage: devspace run /);
    // Also the commands that there are here.
    expect(help.stdout).toContain(`
Commands of devspace.yaml:
  show    show the arguments
  place
  both
`);
    expect(help.code).toBe(0);
    const nowhere = await runCli(['run', '-h'], { cwd: '/', env });
    expect(nowhere).toMatchObject({ code: 0, stderr: '' });
    expect(nowhere.stdout).not.toContain('Commands of');
  });
});
