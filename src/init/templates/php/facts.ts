import { present, textOf } from '../look.js';
import type { FindFacts } from '../template.js';

/** Extensions that the image can build as it is; others need libraries first. */
const BUILT = [
  'bcmath',
  'calendar',
  'exif',
  'mysqli',
  'pcntl',
  'pdo_mysql',
  'shmop',
  'sockets',
  'sysvmsg',
  'sysvsem',
];

export const php: FindFacts = (found) => {
  const list = textOf(found, 'composer.json');
  // `8.2.*` and `~8.2.0` allow no other; `^8.2` does.
  const only = /"php"\s*:\s*"(?:~(\d\.\d)\.\d+|(\d\.\d)\.\*)"/.exec(list);
  return {
    values: {
      version: only?.[1] ?? only?.[2] ?? '8.4',
      composer: present(found, 'composer.json', 'composer.lock'),
      extensions: BUILT.filter((name) => list.includes(`"ext-${name}"`)).join(' '),
      root: found.files.some((file) => file.startsWith('public/')) ? '/app/public' : '/app',
    },
    needsRestart: false,
  };
};
