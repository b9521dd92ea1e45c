import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/report/events.js';
import { Secrets } from '../../src/base/secrets.js';
import { withoutSecrets } from '../../src/report/without-secrets.js';

describe('secrets', () => {
  const secrets = new Secrets();
  secrets.hide('hunter2');
  secrets.hide('hunter2-and-more');
  secrets.hide('abc');
  secrets.hide('first line\nsecond line\nx');

  it.each([
    ['the password is hunter2.', 'the password is ***.'],
    ['hunter2-and-more', '***'],
    ['abc is too short to be hidden', 'abc is too short to be hidden'],
    ['one: second line', 'one: ***'],
  ])('%s', (text, expected) => {
    expect(secrets.mask(text)).toBe(expected);
  });

  it('are in no event', () => {
    const events: Event[] = [];
    const reporter = withoutSecrets(
      { handle: (event) => events.push(event), log: { write: () => true } as never, close: () => undefined },
      secrets,
    );
    reporter.handle({
      type: 'warning',
      code: 'X',
      text: 'hunter2',
      details: ['a', 'b hunter2'],
      hint: 'hunter2',
    });
    expect(events).toEqual([
      { type: 'warning', code: 'X', text: '***', details: ['a', 'b ***'], hint: '***' },
    ]);
  });
});
