import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Event } from '../../../src/report/events.js';
import { fileFailure } from '../../../src/sync/file-failure.js';
import { reasonOf } from '../../../src/sync/merge/skipped.js';
import { Warnings } from '../../../src/sync/merge/warnings.js';

let events: Event[];
let warnings: Warnings;
beforeEach(() => {
  events = [];
  warnings = new Warnings((event) => events.push(event));
});
afterEach(() => warnings[Symbol.dispose]());

const texts = () =>
  events.flatMap((event) => (event.type === 'warning' ? [`${event.code}: ${event.text}`] : []));
const problems = () =>
  events.flatMap((event) => (event.type === 'sync-problem' ? [`${event.path} ${event.state}`] : []));
const denied = (path: string) =>
  fileFailure('SYNC_PERMISSION', path, `In the container: ${path}: permission denied.`);

describe('warnings', () => {
  it('say everything of one path', () => {
    warnings.failed('a', denied('a'));
    warnings.flush();
    expect(events.at(-1)).toEqual({
      type: 'warning',
      code: 'SYNC_PERMISSION',
      text: 'In the container: a: permission denied.',
      subject: 'a',
      hint: 'Change its permissions, or add it to excludePaths.',
    });
  });

  it('are one for many of a kind, with their number and the first names', () => {
    for (let i = 0; i < 200; i++) warnings.failed(`f${i}`, denied(`f${i}`));
    for (const path of ['p', 'q']) warnings.skipped('local', path, reasonOf({ kind: 'other', what: 'FIFO' }));
    warnings.flush();
    expect(texts()).toEqual([
      'SYNC_PERMISSION: 200 files could not be synced: permission denied in the container: f0, f1, f2, f3, f4 and 195 more.',
      'SYNC_SKIPPED: 2 paths (here) are not synced: they are FIFOs, sockets or devices: p, q.',
    ]);
    expect(problems()).toHaveLength(202);
  });

  it('come by themselves', async () => {
    const told = new Promise<void>((resolve) => {
      warnings = new Warnings((event) => event.type === 'warning' && resolve());
    });
    warnings.differs('a');
    await told;
  });

  it('come once of each path, until it went well', () => {
    for (let i = 0; i < 3; i++) warnings.failed('a', denied('a'));
    warnings.flush();
    warnings.failed('a', denied('a'));
    warnings.flush();
    expect(texts()).toHaveLength(1);
    warnings.clear('a');
    warnings.failed('a', denied('a'));
    warnings.flush();
    expect(texts()).toHaveLength(2);
    expect(problems()).toEqual(['a found', 'a cleared', 'a found']);
  });

  it('are not over while another reason holds', () => {
    warnings.skipped('local', 'a', reasonOf({ kind: 'other', what: 'FIFO' }));
    warnings.skipped('remote', 'a', reasonOf({ kind: 'unreadable', reason: 'permission denied' }));
    warnings.notSkipped('local', 'a');
    expect(problems()).toEqual(['a found', 'a found']);
    warnings.notSkipped('remote', 'a');
    expect(problems().at(-1)).toBe('a cleared');
  });
});
