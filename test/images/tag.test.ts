import { describe, expect, it } from 'vitest';
import { Failure } from '../../src/base/failure.js';
import { randomTag, tagFor } from '../../src/images/tag.js';

describe('tagFor', () => {
  it('is seven letters and digits, new each time', () => {
    const tags = Array.from({ length: 200 }, () => tagFor('app', undefined));
    expect(tags.every((tag) => /^[A-Za-z0-9]{7}$/.test(tag))).toBe(true);
    expect(new Set(tags).size).toBe(200);
  });
  it('uses all letters and digits', () => {
    const seen = new Set(Array.from({ length: 1000 }, randomTag).join(''));
    expect(seen.size).toBe(62);
  });
  it('takes the configured tag', () => {
    expect(tagFor('app', 'v1.0-rc_1')).toBe('v1.0-rc_1');
  });
  it('fills each # with a letter or digit, new each time', () => {
    const tags = Array.from({ length: 100 }, () => tagFor('app', 'dev-###.##'));
    expect(tags.every((tag) => /^dev-[A-Za-z0-9]{3}\.[A-Za-z0-9]{2}$/.test(tag))).toBe(true);
    expect(new Set(tags).size).toBeGreaterThan(90);
  });
  it.each(['', 'a b', '-x', 'a/b', 'ref:tag'])('refuses %j', (tag) => {
    expect(() => tagFor('app', tag)).toThrow(
      expect.objectContaining<Partial<Failure>>({ code: 'IMAGE_TAG_INVALID', subject: 'images.app.tag' }),
    );
  });
});
