import { describe, expect, it } from 'vitest';
import { planRun } from '../../../src/commands/pipeline/run-plan.js';
import type { Shell } from '../../../src/proc/shell.js';

const sh: Shell = { file: '/bin/sh', kind: 'posix' };
const cmd: Shell = { file: 'cmd.exe', kind: 'cmd' };
const line = (command: string, words: string[], more = {}, shell = sh) =>
  planRun({ name: 'x', command, ...more }, words, shell);

describe('planRun', () => {
  it.each([
    [
      'puts the words behind the line, quoted',
      'npm test',
      ["it's", 'a b', '$HOME'],
      `npm test 'it'\\''s' 'a b' '$HOME'`,
    ],
    ['adds nothing without words', 'npm test', [], 'npm test'],
    ['leaves out the line break at the end of a block text', 'cd src\nls\n', ['-l'], `cd src\nls '-l'`],
    [
      'leaves a line alone that takes the words itself',
      'for a in "$@"; do ls $a; done',
      ['x'],
      'for a in "$@"; do ls $a; done',
    ],
    ['knows both notations', 'echo ${*}', ['x'], 'echo ${*}'],
    ['puts them behind a line that only names one', "awk '{print $1}'", ['x'], `awk '{print $1}' 'x'`],
  ])('%s', (_, command, words, expected) => {
    expect(line(command, words)).toEqual({
      file: '/bin/sh',
      args: ['-c', expected, 'x', ...words],
      verbatim: false,
    });
  });

  it('does as appendArgs says', () => {
    expect(line('ls', ['a'], { appendArgs: false }).args).toEqual(['-c', 'ls', 'x', 'a']);
    expect(line('ls "$@"', ['a'], { appendArgs: true }).args).toEqual(['-c', `ls "$@" 'a'`, 'x', 'a']);
    expect(line('node', ['a'], { args: ['-v'], appendArgs: false }).args).toEqual(['-v']);
  });

  it('starts a program with args without a shell', () => {
    const program = line('node', ['$HOME'], { args: ['-p', '1 + 1'] });
    expect(program).toEqual({ file: 'node', args: ['-p', '1 + 1', '$HOME'], verbatim: false });
    expect(line('node', [], { args: [] }).file).toBe('node');
  });

  it('quotes for cmd.exe', () => {
    expect(line('npm test', ['a "b" c'], {}, cmd)).toEqual({
      file: 'cmd.exe',
      args: ['/d', '/s', '/c', '"npm test "a ""b"" c""'],
      verbatim: true,
    });
  });
});
