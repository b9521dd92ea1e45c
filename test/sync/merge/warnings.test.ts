import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Event } from '../../../src/report/events.js';
import { fileFailure, restlessFailure } from '../../../src/sync/file-failure.js';
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

  it('of a file that never rests come once, and name it once', () => {
    for (let i = 0; i < 3; i++) {
      warnings.failed('a.log', restlessFailure('a.log'));
      warnings.clear('a.log');
    }
    warnings.flush();
    warnings.failed('a.log', restlessFailure('a.log'));
    warnings.flush();
    expect(texts()).toEqual([
      'SYNC_FILE_CHANGED: a.log keeps changing; it is copied as soon as it rests for a moment.',
    ]);
    expect(problems()).toHaveLength(7);
    for (let i = 0; i < 2; i++) {
      warnings.failed('b', denied('b'));
      warnings.clear('b');
    }
    warnings.flush();
    expect(texts().at(-1)).toBe('SYNC_PERMISSION: In the container: b: permission denied.');
  });

  it('show names that would move the cursor', () => {
    const name = 'a\n\u001b[2Jb';
    warnings.failed(name, denied(name));
    warnings.skipped('local', name, reasonOf({ kind: 'symlink', target: '/\u0007', stamp: '' }));
    warnings.flush();
    warnings.failed(`${name}2`, denied(`${name}2`));
    warnings.failed(`${name}3`, denied(`${name}3`));
    warnings.flush();
    expect(texts()).toHaveLength(3);
    // oxlint-disable-next-line no-control-regex
    expect(texts().join('')).not.toMatch(/[\u0000-\u001f]/);
    expect(texts()[0]).toContain('a\\n\\u001b[2Jb');
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
