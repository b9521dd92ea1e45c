import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { statusLine } from '../../src/report/status-line.js';
import { keeper } from './streams.js';

const ERASE = '\r\u001b[K';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the status line', () => {
  it.each([
    ['no terminal', keeper(), {}],
    ['a terminal that cannot move its cursor', keeper({ columns: 80 }), { TERM: 'dumb' }],
    ['CI', keeper({ columns: 80 }), { CI: 'true' }],
  ])('does nothing where there is %s', (_, stream, env) => {
    const status = statusLine(stream, env);
    expect(status.set('a', 'pod web')).toBe(false);
    status.print(() => stream.write('line\n'));
    status.close();
    expect(stream.text()).toBe('line\n');
  });

  it('counts the time, and makes room for other output', () => {
    const stream = keeper({ columns: 80 });
    const status = statusLine(stream, {});
    expect(status.set('a', 'pod web')).toBe(true);
    expect(stream.text()).toBe('wait pod web (0 ms)');
    vi.advanceTimersByTime(1200);
    expect(stream.text().endsWith(`${ERASE}wait pod web (1.2 s)`)).toBe(true);
    status.print(() => stream.write('line\n'));
    expect(stream.text()).toBe(`${ERASE}line\nwait pod web (1.2 s)`);
    status.clear('a');
    expect(stream.text()).toBe(ERASE);
    expect(vi.getTimerCount()).toBe(0);
    status.print(() => stream.write('line\n'));
    expect(stream.text()).toBe('line\n');
  });

  it('tells how things are while nothing is waited for, without a timer', () => {
    const stream = keeper({ columns: 20 });
    const status = statusLine(stream, {});
    status.rest('works: ports, sync, logs');
    expect(stream.text()).toBe('works: ports, sy...');
    status.print(() => stream.write('line\n'));
    expect(stream.text()).toBe(`${ERASE}line\nworks: ports, sy...`);
    status.set('a', 'pod web');
    expect(stream.text()).toBe(`${ERASE}wait pod web (0 ms)`);
    status.clear('a');
    expect(stream.text()).toBe(`${ERASE}works: ports, sy...`);
    expect(vi.getTimerCount()).toBe(0);
    status.rest('');
    expect(stream.text()).toBe(ERASE);
  });

  it('shows the newest of several, with the time since it was first told', () => {
    const stream = keeper({ columns: 80 });
    const status = statusLine(stream, {});
    status.set('a', 'first');
    vi.advanceTimersByTime(500);
    status.set('b', 'second');
    expect(stream.text()).toMatch(/wait second \(0 ms\)$/);
    status.set('a', 'first changed');
    expect(stream.text()).toMatch(/wait first changed \(500 ms\)$/);
    status.clear('a');
    expect(stream.text()).toMatch(/wait second \(0 ms\)$/);
    status.clear('unknown');
    expect(stream.text()).toBe('');
    status.close();
    expect(stream.text()).toBe(ERASE);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [30, 'wait pod web-6d4cf56db6 is...'],
    [12, 'wait pod...'],
    [5, 'w...'],
    [1, 'w...'],
    [0, 'wait pod web-6d4cf56db6 is ContainerCreating (0 ms)'],
  ])('is cut to %i columns', (columns, text) => {
    const stream = keeper({ columns });
    const status = statusLine(stream, {});
    status.set('a', 'pod web-6d4cf56db6 is ContainerCreating');
    expect(stream.text()).toBe(text);
    status.close();
  });
});
