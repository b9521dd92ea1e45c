import { expect, it } from 'vitest';
import { supervised } from '../../../src/sync/inject/restart-helper.js';

const prefix = ['/.devspace/restart', 'restart-supervisor', '--'];

it.each([
  [['node'], ['server.js'], { entrypoint: [...prefix, 'node'], cmd: ['server.js'] }],
  [[], ['npm', 'start'], { entrypoint: prefix, cmd: ['npm', 'start'] }],
  [['/bin/sh', '-c', 'a b'], [], { entrypoint: [...prefix, '/bin/sh', '-c', 'a b'], cmd: [] }],
  // Built from an image that has it.
  [[...prefix, 'node'], ['a'], undefined],
])('%j %j', (entrypoint, cmd, expected) => {
  expect(supervised(entrypoint, cmd)).toEqual(expected);
});
