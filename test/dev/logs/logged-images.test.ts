import { expect, it } from 'vitest';
import type { Config } from '../../../src/config/schema.js';
import { loggedImages } from '../../../src/dev/logs/logged-images.js';

const refs = new Map([
  ['web', 'r/web:1'],
  ['db', 'r/db:1'],
]);
const logged = (dev: Config['dev']): unknown => [...loggedImages({ dev }, refs)];

it('are all images, and those that ports and sync select', () => {
  expect(logged(undefined)).toEqual([...refs]);
  const ports = [{ imageSelector: 'other/app', forward: [] }];
  const sync = [{ imageSelector: 'other/app' }, { imageSelector: 'one:2' }, { imageName: 'web' }];
  expect(logged({ ports, sync })).toEqual([...refs, ['other/app', 'other/app'], ['one:2', 'one:2']]);
});

it('are those that are named, where some are', () => {
  const dev = { logs: { images: ['db', 'gone'] }, ports: [{ imageSelector: 'other/app', forward: [] }] };
  expect(logged(dev as unknown as Config['dev'])).toEqual([['db', 'r/db:1']]);
});
