import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { remoteCommand } from '../../../src/dev/terminal/terminal-command.js';

const size = { columns: 80, rows: 24 };

describe('remoteCommand', () => {
  it('leaves a command alone that needs nothing', () => {
    expect(remoteCommand(['ls', '-la'], {})).toEqual({ words: ['ls', '-la'], plain: undefined });
  });

  it('can do without the size, but not without the folder, and not without a shell where one was asked for', () => {
    expect(remoteCommand(['ls'], { size }).plain).toEqual(['ls']);
    expect(remoteCommand(['ls'], { size, workdir: '/x' }).plain).toBeUndefined();
    expect(remoteCommand([], { size }).plain).toBeUndefined();
  });

  it('passes words on as they are, in the folder named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'enter $(x) '));
    const words = ['a  b', '', '*', "it's", '$HOME', '-n'];
    const script = 'pwd; printf "%s|" "$@"';
    const remote = remoteCommand(['sh', '-c', script, 'sh', ...words], { size, workdir: folder });
    const [file = '', ...rest] = remote.words;
    const printed = execFileSync(file, rest, { encoding: 'utf8' });
    expect(printed).toBe(`${folder}\n${words.map((word) => `${word}|`).join('')}`);
  });

  it('fails where there is no such folder', () => {
    const [file = '', ...rest] = remoteCommand(['true'], { workdir: '/no/such/folder' }).words;
    expect(() => execFileSync(file, rest, { stdio: 'pipe' })).toThrow(/no\/such\/folder/);
  });
});
