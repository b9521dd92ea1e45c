import { pick, type Random } from '../random.js';

/** Few, so that both sides meet at the same paths; odd, as file names may be. */
export const names = [
  'a',
  'b',
  'c',
  'src',
  'lib',
  'main.ts',
  'with space',
  'new\nline',
  'back\\slash',
  'u\u0308nicode',
  '\u00fcnicode',
  '\u{1F9EA}',
  '-dash',
  '.hidden',
  ' leading',
  'trailing ',
  '"quoted\'',
  '*?[x]',
  '#hash',
  '!bang',
  'long-'.padEnd(255, 'x'),
] as const;

export const someName = (next: Random): string => pick(next, names);
