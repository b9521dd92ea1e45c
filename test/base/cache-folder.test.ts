import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder } from '../../src/base/cache-folder.js';

const home = () => '/home/me';

it.each([
  ['linux', {}, join('/home/me', '.cache')],
  ['linux', { XDG_CACHE_HOME: '/caches' }, '/caches'],
  // The XDG specification has relative paths ignored.
  ['linux', { XDG_CACHE_HOME: 'caches' }, join('/home/me', '.cache')],
  ['linux', { XDG_CACHE_HOME: '' }, join('/home/me', '.cache')],
  ['darwin', {}, join('/home/me', 'Library', 'Caches')],
  ['win32', { LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local' }, 'C:\\Users\\me\\AppData\\Local'],
  ['win32', {}, join('/home/me', 'AppData', 'Local')],
] as const)('on %s with %j is %s', (platform, env, folder) => {
  expect(cacheFolder(env, platform, home)).toBe(folder);
});

it('is nowhere for a user without a home', () => {
  const homeless = () => {
    throw new Error('ENOENT');
  };
  expect(cacheFolder({}, 'linux', homeless)).toBeUndefined();
});
