import { has, present, textOf } from '../look.js';
import type { FindFacts } from '../template.js';

const NEWEST = '1.25';

export const go: FindFacts = (found) => {
  const main = found.files.find((file) => /^cmd\/[^/]+\/main\.go$/.test(file));
  // The image refuses a module that wants a newer Go.
  const wanted = /^go (\d+\.\d+)/m.exec(textOf(found, 'go.mod'))?.[1] ?? NEWEST;
  return {
    values: {
      lists: present(found, 'go.mod', 'go.sum') || 'go.mod',
      version: Number(wanted.split('.')[1]) > Number(NEWEST.split('.')[1]) ? wanted : NEWEST,
      program: has(found, 'main.go') || main === undefined ? '.' : `./${main.replace('/main.go', '')}`,
    },
    needsRestart: true,
  };
};
