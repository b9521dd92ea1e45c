import { describe, expect, it } from 'vitest';
import { imageMatches, isImageTag, parseImageReference } from '../../src/base/image-reference.js';

const SHA = `sha256:${'a'.repeat(64)}`;

describe('parseImageReference', () => {
  it.each([
    ['node', 'docker.io/library/node', 'node', undefined, undefined],
    ['node:20', 'docker.io/library/node', 'node', '20', undefined],
    ['library/node', 'docker.io/library/node', 'library/node', undefined, undefined],
    ['docker.io/node', 'docker.io/library/node', 'docker.io/node', undefined, undefined],
    ['index.docker.io/me/app:1', 'docker.io/me/app', 'index.docker.io/me/app', '1', undefined],
    ['me/app', 'docker.io/me/app', 'me/app', undefined, undefined],
    ['127.0.0.1:5000/app', '127.0.0.1:5000/app', '127.0.0.1:5000/app', undefined, undefined],
    ['localhost/app:x', 'localhost/app', 'localhost/app', 'x', undefined],
    ['localhost:5000/a/b:x.Y-z', 'localhost:5000/a/b', 'localhost:5000/a/b', 'x.Y-z', undefined],
    ['[::1]:5000/app', '[::1]:5000/app', '[::1]:5000/app', undefined, undefined],
    ['gcr.io/my-project/a__b:1', 'gcr.io/my-project/a__b', 'gcr.io/my-project/a__b', '1', undefined],
    [`node@${SHA}`, 'docker.io/library/node', 'node', undefined, SHA],
    [`r.io/app:1@${SHA}`, 'r.io/app', 'r.io/app', '1', SHA],
    // Without a slash the part before the colon cannot be a host.
    ['host:5000', 'docker.io/library/host', 'host', '5000', undefined],
    ['Host/app', 'Host/app', 'Host/app', undefined, undefined],
  ])('%s', (text, repository, name, tag, digest) => {
    expect(parseImageReference(text)).toMatchObject({ repository, name, tag, digest });
  });

  it.each([
    '',
    'App',
    'me/App',
    'a b',
    'node:',
    'node:-x',
    'app/',
    '/app',
    'https://x.io/app',
    'x.io//app',
    'node@sha256:12',
  ])('refuses %j', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});

describe('imageMatches', () => {
  it.each([
    ['nginx:1.25', 'nginx'],
    ['docker.io/library/nginx:1.25', 'nginx'],
    ['nginx', 'docker.io/nginx'],
    ['nginx:1.25', 'library/nginx:1.25'],
    ['nginx', 'nginx:latest'],
    ['nginx:latest', 'nginx:latest'],
    [`r.io/app:1@${SHA}`, 'r.io/app'],
    [`r.io/app:1@${SHA}`, `r.io/app@${SHA}`],
    ['not an IMAGE', 'not an IMAGE'],
  ])('%s is a %s', (image, wanted) => {
    expect(imageMatches(image, wanted)).toBe(true);
  });

  it.each([
    ['nginx:1.25', 'nginx:1.26'],
    ['nginx', 'nginx:1.25'],
    ['me/nginx', 'nginx'],
    ['r.io/nginx', 'nginx'],
    ['nginx-extra', 'nginx'],
    [`r.io/app:1@${SHA}`, 'r.io/app:1'],
    ['r.io/app:1', `r.io/app@${SHA}`],
    ['nginx', 'not an IMAGE'],
  ])('%s is no %s', (image, wanted) => {
    expect(imageMatches(image, wanted)).toBe(false);
  });
});

describe('isImageTag', () => {
  it.each(['a', '1.2.3', '_x', 'A-b_c.D', 'x'.repeat(128)])('accepts %s', (tag) => {
    expect(isImageTag(tag)).toBe(true);
  });
  it.each(['', '.a', '-a', 'a:b', 'a/b', 'a b', 'ü', 'x'.repeat(129)])('refuses %j', (tag) => {
    expect(isImageTag(tag)).toBe(false);
  });
});
