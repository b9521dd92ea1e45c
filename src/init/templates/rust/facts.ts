import { has, present, textOf } from '../look.js';
import type { FindFacts } from '../template.js';

export const rust: FindFacts = (found) => {
  const list = textOf(found, 'Cargo.toml');
  const name = /^\[package\][^[]*?^\s*name\s*=\s*"([\w-]+)"/m.exec(list)?.[1];
  return {
    values: {
      lists: present(found, 'Cargo.toml', 'Cargo.lock'),
      name: name ?? '',
      // Just a src/main.rs; whatever else the list may name would have to be there for the crates to be built.
      simple:
        name !== undefined &&
        has(found, 'src/main.rs') &&
        !has(found, 'build.rs') &&
        !/^\[(?:\[bin\]|lib\]|\[bench\]|\[example\]|workspace)|^\s*build\s*=|\bpath\s*=/m.test(list),
    },
    needsRestart: true,
  };
};
