import { describe, expect, it } from 'vitest';
import {
  mergeBatches,
  planDownload,
  planOnce,
  planUpload,
  type HookStep,
  type UploadHooks,
} from '../../../src/dev/sync/sync-hooks-plan.js';
import type { Batch } from '../../../src/sync/merge/batches.js';

type Changes = Batch['changes'];
const file = (path: string, action: Changes[number]['action'] = 'update') => ({
  path,
  action,
  directory: false,
});
const folder = (path: string, action: Changes[number]['action'] = 'create') => ({
  path,
  action,
  directory: true,
});

/** `where: argv (because)`, `!` in front of what must not fail. */
const shown = (steps: readonly HookStep[]) =>
  steps.map((step) =>
    step.do === 'restart'
      ? 'restart'
      : `${step.failOnError ? '!' : ''}${step.where}: ${step.argv.join(' ')}${step.because === undefined ? '' : ` (${step.because})`}`,
  );

describe('what an upload leads to', () => {
  const all = [folder('src'), file('src/a.js'), file('old', 'remove'), folder('gone', 'remove')];
  it.each<[string, UploadHooks, Changes, string[]]>([
    ['nothing without hooks', {}, all, []],
    ['nothing without changes', { restartContainer: true, exec: [{ command: 'a' }] }, [], []],
    ['a shell line', { exec: [{ command: 'npm install' }] }, [file('x')], ['container: sh -c npm install']],
    [
      'no shell with arguments',
      { exec: [{ command: 'touch', args: [] }] },
      [file('x')],
      ['container: touch'],
    ],
    [
      'here, and it matters',
      { exec: [{ command: 'make', args: ['-s'], local: true, failOnError: true }] },
      [file('x')],
      ['!here: make -s'],
    ],
    [
      'only for some files',
      { exec: [{ command: 'a', onChange: ['package.json'] }] },
      [file('sub/package.json')],
      [],
    ],
    [
      'the file it is for, a removed one too',
      { exec: [{ command: 'a', args: [], onChange: ['./src/**', 'old'] }] },
      [file('x'), file('old', 'remove'), file('src/a/b')],
      ['container: a (old)'],
    ],
    ['not what runs once', { exec: [{ command: 'a', once: true }] }, [file('x')], []],
    [
      'for files and folders, with their paths',
      { execRemote: { command: 'log', args: ['{}', '{}x', 'y'] } },
      all,
      ['container: log /app/src {}x y (src)', 'container: log /app/src/a.js {}x y (src/a.js)'],
    ],
    [
      'each its own',
      {
        execRemote: {
          onFileChange: { command: 'chmod', args: ['+x', '{}'] },
          onDirCreate: { command: 'own' },
        },
      },
      all,
      ['container: own (src)', 'container: chmod +x /app/src/a.js (src/a.js)'],
    ],
    [
      'in order: paths, exec, batch, restart',
      {
        restartContainer: true,
        execRemote: { onFileChange: { command: 'f' }, onBatch: { command: 'b', args: ['1'] } },
        exec: [
          { command: 'e2', args: [] },
          { command: 'e1', args: [], local: true },
        ],
      },
      [file('x')],
      ['container: f (x)', 'container: e2', 'here: e1', 'container: b 1', 'restart'],
    ],
  ])('%s', (_, hooks, changes, expected) => {
    expect(shown(planUpload(hooks, changes, '/app'))).toEqual(expected);
  });

  it('names a command as told to', () => {
    const [step] = planUpload({ exec: [{ command: 'a', name: 'build' }] }, [file('x')], '/');
    expect(step).toMatchObject({ name: 'build', forPath: false });
  });

  it('has what runs once apart', () => {
    expect(shown(planOnce({ exec: [{ command: 'a' }, { command: 'b', once: true }] }))).toEqual([
      'container: sh -c b',
    ]);
  });
});

describe('what a download leads to', () => {
  it('runs here', () => {
    const hooks = { execLocal: { command: 'fmt', args: ['{}'] } };
    const steps = planDownload(
      hooks,
      [file('a'), file('b', 'remove'), folder('c')],
      (path) => `/here/${path}`,
    );
    expect(shown(steps)).toEqual(['here: fmt /here/a (a)', 'here: fmt /here/c (c)']);
    expect(planDownload({}, [file('a')], String)).toEqual([]);
  });
});

describe('batches that waited', () => {
  it('are one, each path with what came last', () => {
    const batches: Batch[] = [
      { direction: 'up', changes: [file('a', 'create'), file('b')] },
      { direction: 'down', changes: [file('d')] },
      { direction: 'up', changes: [file('a'), file('b', 'remove'), file('c', 'create')] },
    ];
    expect(mergeBatches(batches, 'up')).toEqual([
      file('a', 'create'),
      file('b', 'remove'),
      file('c', 'create'),
    ]);
    expect(mergeBatches(batches, 'down')).toEqual([file('d')]);
  });
});
