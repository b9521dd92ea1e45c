import { execFileSync, spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';

import { parseProbe, probeScript } from '../../../src/sync/inject/beside-scripts.js';

describe('finding the process beside', () => {
  it.each([
    ['1 0 0 0 0 open\n', { pid: 1, target: { uid: 0, gid: 0 }, own: { uid: 0, gid: 0 }, open: true }],
    [
      '23 65532 7 0 1 closed',
      { pid: 23, target: { uid: 65532, gid: 7 }, own: { uid: 0, gid: 1 }, open: false },
    ],
    ['0  0 0 closed\n', undefined],
    ['', undefined],
    ['1 0 0 0 0 open or not', undefined],
  ])('%j', (output, expected) => expect(parseProbe(output)).toEqual(expected));

  it.skipIf(process.platform !== 'linux')('tells who owns it, and us', () => {
    const probe = parseProbe(execFileSync('sh', ['-c', probeScript(undefined)], { encoding: 'utf8' }));
    const own = { uid: process.getuid!(), gid: process.getgid!() };
    // Whether the way is open depends on the machine's first process.
    expect(probe).toMatchObject({ pid: 1, target: { uid: 0, gid: 0 }, own });
  });

  it.skipIf(process.platform !== 'linux')('finds nothing where there is no such control group', async () => {
    const child = spawn('sh', ['-c', probeScript('containerd://no-such-group')], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const chunks: Buffer[] = [];
    for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
    expect(parseProbe(Buffer.concat(chunks).toString())).toBeUndefined();
  });

  it('takes nothing for an id that could be more than one', () => {
    expect(() => probeScript("containerd://'; reboot")).toThrow('unfit');
  });
});
