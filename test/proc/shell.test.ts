import { describe, expect, it } from 'vitest';
import { findShell, shellArguments, shellQuote, type Shell } from '../../src/proc/shell.js';
import { makeProject } from '../rig/project.js';

describe('findShell', () => {
  it('takes bash where there is one, else sh', async () => {
    await using project = await makeProject({});
    expect(await findShell({ PATH: project.dir })).toEqual({ file: '/bin/sh', kind: 'posix' });
    await project.write('bash', '#!/bin/sh\n', 0o755);
    expect(await findShell({ PATH: project.dir })).toEqual({ file: project.path('bash'), kind: 'posix' });
  });

  it('takes cmd.exe on Windows, unless there is the sh of Git', async () => {
    expect(await findShell({ ComSpec: String.raw`C:\Windows\system32\cmd.exe` }, 'win32')).toEqual({
      file: String.raw`C:\Windows\system32\cmd.exe`,
      kind: 'cmd',
    });
  });
});

const cmd: Shell = { file: 'cmd.exe', kind: 'cmd' };
const sh: Shell = { file: '/bin/sh', kind: 'posix' };

describe('a line for a shell', () => {
  // With /s cmd.exe takes the first and the last quote away and leaves what is between them.
  it('stands in one pair of quotes for cmd.exe, whatever quotes it has', () => {
    expect(shellArguments(cmd, 'echo "a b" & exit 3', ['x'], 'n')).toEqual([
      '/d',
      '/s',
      '/c',
      '"echo "a b" & exit 3"',
    ]);
  });

  it('is one argument of another shell, with its words behind', () => {
    expect(shellArguments(sh, 'echo "$1"', ['a b'], 'n')).toEqual(['-c', 'echo "$1"', 'n', 'a b']);
  });
});

describe('a word of a line', () => {
  it.each([
    [cmd, 'a b', '"a b"'],
    [cmd, 'say "hi"', '"say ""hi"""'],
    [cmd, 'a&b|c<d>e^f', '"a&b|c<d>e^f"'],
    [cmd, '', '""'],
    [sh, "it's", `'it'\\''s'`],
    [sh, '$HOME `x` "y"', '\'$HOME `x` "y"\''],
  ] as const)('%j: %s', (shell, word, quoted) => {
    expect(shellQuote(shell, word)).toBe(quoted);
  });
});
