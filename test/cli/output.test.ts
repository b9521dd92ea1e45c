import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { CLI } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const inShell = (script: string, cwd?: string) =>
  execa('sh', ['-c', script], {
    reject: false,
    env: { D: `${process.execPath} ${CLI}` },
    ...(cwd && { cwd }),
  });

// Every write to it fails as on a full disk.
describe.skipIf(process.platform !== 'linux')('output that cannot be written', () => {
  it.each(['--help', 'dev --help', 'print'])('is an error: %s', async (words) => {
    await using project = await makeProject({ 'devspace.yaml': 'version: v1beta3\n' });
    const { exitCode, stderr } = await inShell(`$D ${words} > /dev/full`, project.dir);
    expect(stderr).toMatch(
      /^error OUTPUT_FAILED: What was printed could not be written: ENOSPC: no space left on device, write(\n {2}hint: df -h)?$/,
    );
    expect(exitCode).toBe(1);
  });
});

it('is no error when its reader goes away', async () => {
  await using project = await makeProject({ 'devspace.yaml': 'version: v1beta3\n' });
  const { stdout, stderr } = await inShell('{ $D print; echo "ended with $?" >&2; } | true', project.dir);
  expect(stdout).toBe('');
  expect(stderr).toBe('ended with 0');
});
