import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/report/events.js';
import { jsonReporter, silentReporter } from '../../src/report/json.js';
import { keeper } from './streams.js';

const events: Event[] = [
  { type: 'note', level: 'info', text: 'two\nlines "quoted"' },
  { type: 'failed', code: 'X', text: 'no', details: ['a'], hint: 'b' },
];

describe('output for programs', () => {
  it('is one object a line, with its time', () => {
    const stream = keeper();
    const reporter = jsonReporter(stream);
    for (const event of events) reporter.handle(event);
    reporter.close();
    const lines = stream.text().split('\n');
    expect(lines.pop()).toBe('');
    const objects = lines.map((line) => JSON.parse(line) as Event & { time: string });
    expect(objects).toEqual(events.map((event) => ({ ...event, time: expect.any(String) as unknown })));
    for (const { time } of objects) expect(Math.abs(Date.now() - Date.parse(time))).toBeLessThan(60_000);
  });
});

describe('silent output', () => {
  it('is nothing but what containers print', () => {
    const stream = keeper();
    const reporter = silentReporter(stream);
    for (const event of events) reporter.handle(event);
    reporter.close();
    expect(stream.text()).toBe('');
  });
});
