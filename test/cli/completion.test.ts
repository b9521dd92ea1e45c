import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const config = 'version: v1beta3\ncommands:\n- {name: test, command: x}\n- {name: migrate all, command: x}\n';

describe('devspace completion', () => {
  it('answers words, flags among them', async () => {
    await using project = await makeProject({ 'devspace.yaml': config });
    const words = async (...args: string[]) =>
      (await runCli(['completion', 'words', '--', ...args], { cwd: project.dir })).stdout;
    expect(await words('run', '')).toBe('migrate all\ntest\n');
    expect(await words('dev', '--skip-b')).toBe('--skip-build\n');
    expect(await words('--help', 'no', '')).toBe('');
  });

  it('works in bash', async () => {
    await using project = await makeProject({ 'devspace.yaml': config });
    const { stdout: script } = await runCli(['completion', 'bash'], { cwd: project.dir });
    // A shell's Tab, with what the shell would set.
    const tab = (...words: string[]) =>
      promisify(execFile)(
        'bash',
        [
          '-c',
          `${script}\ndevspace() { "$NODE" "$CLI" "$@"; }\nCOMP_WORDS=(devspace "$@"); COMP_CWORD=$#; _devspace; printf '<%s>' "\${COMPREPLY[@]}"`,
          'bash',
          ...words,
        ],
        {
          cwd: project.dir,
          env: { PATH: process.env.PATH, NODE: process.execPath, CLI: `${process.cwd()}/bin/devspace.js` },
        },
      );
    expect((await tab('run', 't')).stdout).toBe('<test>');
    expect((await tab('run', '')).stdout).toBe('<migrate all><test>');
    expect((await tab('pur')).stdout).toBe('<purge>');
  });

  it('knows the shells that it knows', async () => {
    for (const shell of ['zsh', 'fish'])
      expect((await runCli(['completion', shell], { cwd: '/' })).stdout).toContain(
        'devspace completion words -- ',
      );
    const { code, stderr } = await runCli(['completion', 'tcsh'], { cwd: '/' });
    expect(stderr).toBe(
      'error USAGE: there is no completion for tcsh\n  hint: devspace completion bash (or zsh, or fish)\n',
    );
    expect(code).toBe(1);
  });
});
