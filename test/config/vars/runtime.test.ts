import { describe, expect, it } from 'vitest';
import { fillRuntime } from '../../../src/config/vars/runtime.js';

const web = { repository: 'me/web', tag: 'abc', ref: 'me/web:abc' };
const images = new Map([
  ['web', web],
  ['a.tag', { repository: 'me/a', tag: '1', ref: 'me/a:1' }],
]);

describe('fillRuntime', () => {
  it.each([
    ['${runtime.images.web}', 'me/web:abc'],
    ['${runtime.images.web.image}:${runtime.images.web.tag}', 'me/web:abc'],
    ['${runtime.images.a.tag}', 'me/a:1'],
    ['${runtime.images.a.tag.tag}', '1'],
    ['$${runtime.images.web} ${OTHER}', '$${runtime.images.web} ${OTHER}'],
  ])('%s', (text, filled) => {
    expect(fillRuntime({ a: [text, 1, null] }, images)).toEqual({ a: [filled, 1, null] });
  });

  it('fails for an image that has no tag', () => {
    expect(() => fillRuntime(['${runtime.images.db.tag}'], images)).toThrow(
      expect.objectContaining({ code: 'IMAGE_NEVER_BUILT', subject: 'runtime.images.db.tag' }) as Error,
    );
  });
});
