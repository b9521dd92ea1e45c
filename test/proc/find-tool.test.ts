import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findTool, toolCandidates } from '../../src/proc/find-tool.js';

describe('toolCandidates', () => {
  const windows = { Path: 'C:\\a;rel;C:\\b', PATHEXT: '.EXE;.CMD' };
  it.each([
    ['kubectl', { PATH: '/a:/b' }, 'linux', ['/a/kubectl', '/b/kubectl']],
    ['kubectl', { PATH: ':.:rel:/b' }, 'linux', ['/b/kubectl']],
    ['kubectl', {}, 'darwin', []],
    ['./bin/kubectl', { PATH: '/a' }, 'linux', ['./bin/kubectl']],
    [
      'kubectl',
      windows,
      'win32',
      ['C:\\a\\kubectl.exe', 'C:\\a\\kubectl.cmd', 'C:\\b\\kubectl.exe', 'C:\\b\\kubectl.cmd'],
    ],
    ['kubectl.EXE', windows, 'win32', ['C:\\a\\kubectl.EXE', 'C:\\b\\kubectl.EXE']],
    ['tools\\kubectl', windows, 'win32', ['tools\\kubectl.exe', 'tools\\kubectl.cmd']],
    ['x', { PATH: 'C:\\a' }, 'win32', ['C:\\a\\x.com', 'C:\\a\\x.exe', 'C:\\a\\x.bat', 'C:\\a\\x.cmd']],
  ] as const)('%s with %o on %s', (name, env, platform, expected) => {
    expect(toolCandidates(name, env, platform)).toEqual(expected);
  });
});

describe.runIf(process.platform !== 'win32')('findTool', () => {
  let root = '';
  const options = { neededFor: 'to test', hint: 'write it' };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'devspace-tool-'));
    for (const folder of ['one', 'two', 'three']) await mkdir(join(root, folder));
    await mkdir(join(root, 'one/tool'));
    await writeFile(join(root, 'two/tool'), '');
    await writeFile(join(root, 'three/tool'), '');
    await chmod(join(root, 'three/tool'), 0o755);
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  it('takes the first that is a file and may be run', async () => {
    const PATH = ['none', 'one', 'two', 'three'].map((folder) => join(root, folder)).join(delimiter);
    expect(await findTool('tool', { ...options, env: { PATH } })).toBe(join(root, 'three/tool'));
  });

  it('says what it is needed for', async () => {
    const attempt = findTool('tool', { ...options, env: { PATH: join(root, 'two') } });
    await expect(attempt).rejects.toMatchObject({
      code: 'TOOL_NOT_FOUND',
      message: '"tool" is not on the PATH, and is needed to test',
      hint: 'write it',
    });
  });
});
