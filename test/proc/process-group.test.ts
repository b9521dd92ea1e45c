import { describe, expect, it } from 'vitest';
import { endGroup, killAction } from '../../src/proc/process-group.js';
import { spawnChild } from '../../src/proc/spawn.js';

describe('killAction', () => {
  it.each([
    ['linux', false, { type: 'signal', pid: -42, signal: 'SIGTERM' }],
    ['darwin', true, { type: 'signal', pid: -42, signal: 'SIGKILL' }],
    ['win32', false, { type: 'command', file: 'taskkill', args: ['/PID', '42', '/T'] }],
    ['win32', true, { type: 'command', file: 'taskkill', args: ['/PID', '42', '/T', '/F'] }],
  ] as const)('on %s, force %s', (platform, force, expected) => {
    expect(killAction(platform, 42, force)).toEqual(expected);
  });
});

describe('endGroup', () => {
  it('kills what does not end when asked', async () => {
    // A shell, because it takes no time to start ignoring the signal; it says so before it goes on.
    const child = await spawnChild(
      'sh',
      ['-c', 'trap "" TERM; echo ready; while :; do sleep 100; done'],
      {},
      undefined,
    );
    for await (const chunk of child.stdout) {
      expect(String(chunk)).toBe('ready\n');
      break;
    }
    await endGroup(child.pid, child.exited, { graceMs: 100 });
    expect(await child.exited).toMatchObject({ code: null, signal: 'SIGKILL' });
  });
});
