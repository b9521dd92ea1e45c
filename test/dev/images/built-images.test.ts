import { describe, expect, it } from 'vitest';
import { selectorFor } from '../../../src/dev/images/built-images.js';

const refs = new Map([['web', 'repo/web:abc']]);

describe('selectorFor', () => {
  it.each([
    [{ imageName: 'web' }, { images: ['repo/web:abc'] }],
    [{ imageSelector: 'nginx' }, { images: ['nginx'] }],
    [
      { imageSelector: 'nginx:1', labelSelector: { a: 'b' }, namespace: 'n', containerName: 'c' },
      { images: ['nginx:1'], labelSelector: { a: 'b' }, namespace: 'n', container: 'c' },
    ],
    [{ labelSelector: { a: 'b' } }, { images: undefined, labelSelector: { a: 'b' } }],
  ])('%j', (entry, selector) => {
    expect(selectorFor(entry, refs)).toMatchObject(selector);
  });

  it('fails for an image that was never built', () => {
    expect(() => selectorFor({ imageName: 'api' }, refs)).toThrow(
      expect.objectContaining({ code: 'IMAGE_NEVER_BUILT' }) as Error,
    );
  });
});
