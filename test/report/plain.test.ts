import { describe, expect, it } from 'vitest';
import type { Event } from '../../src/report/events.js';
import { plainReporter } from '../../src/report/plain.js';
import { keeper } from './streams.js';

function printed(events: readonly Event[], { env = {}, verboseSync = false, terminal = false } = {}) {
  const tty = terminal ? { columns: 40 } : undefined;
  const [stdout, stderr] = [keeper(tty), keeper(tty)];
  const reporter = plainReporter({ stdout, stderr, env }, { verboseSync });
  for (const event of events) reporter.handle(event);
  reporter.close();
  return { stdout: stdout.text(), stderr: stderr.text() };
}

const sync = { type: 'sync', local: './src', remote: 'web-1:/app' } as const;
const change = { type: 'sync-change', path: 'a/b', size: 1500 } as const;
const image = { type: 'image', image: 'web', ref: 'r.io/web:abc' } as const;
const deployment = { type: 'deployment', name: 'api', tool: 'kubectl' } as const;

// What is on stderr for each event that a run can tell of; what has no line there is ''.
const texts: [Event, string][] = [
  [{ type: 'stage', stage: 'images', state: 'started' }, ''],
  [{ type: 'note', level: 'info', text: 'Using context x' }, 'info Using context x\n'],
  [{ type: 'note', level: 'done', text: 'Built' }, 'done Built\n'],
  [{ type: 'note', level: 'warn', text: 'Careful' }, 'warn Careful\n'],
  [{ type: 'waiting', id: 'a', text: 'pod web is Pending' }, 'info pod web is Pending\n'],
  [{ type: 'waited', id: 'a' }, ''],
  [{ type: 'sync-pending', paths: 500, bytes: 0, moved: 0 }, ''],
  [{ type: 'warning', code: 'TAG_KEPT', text: 'It stays' }, 'warn It stays (TAG_KEPT)\n'],
  [
    { type: 'warning', code: 'X', text: 'Oh', details: ['one', 'two'], hint: 'do it' },
    'warn Oh (X)\n     one\n     two\n     hint: do it\n',
  ],
  [{ ...image, state: 'skipped', reason: 'unchanged' }, 'info Image web is unchanged (r.io/web:abc)\n'],
  [{ type: 'image', image: 'web', state: 'skipped' }, 'info Image web is unchanged\n'],
  [{ ...image, state: 'building', reason: 'forced' }, 'info Building image web (forced)\n'],
  [{ ...image, state: 'building' }, 'info Building image web\n'],
  [{ ...image, state: 'pushing' }, 'info Pushing image r.io/web:abc\n'],
  [{ ...image, state: 'built', ms: 2400 }, 'done Built image web as r.io/web:abc in 2.4 s\n'],
  [{ type: 'image', image: 'web', state: 'built' }, 'done Built image web\n'],
  [{ type: 'output', from: 'web', line: 'Step 1/2' }, '[web] Step 1/2\n'],
  [{ ...deployment, state: 'deploying' }, 'info Deploying api with kubectl\n'],
  [{ ...deployment, state: 'deployed', ms: 65_000 }, 'done Deployed api in 1 min 5 s\n'],
  [{ ...deployment, state: 'purging' }, 'info Deleting api\n'],
  [{ ...deployment, state: 'purged', ms: 7 }, 'done Deleted api in 7 ms\n'],
  [
    { type: 'forward', state: 'started', pod: 'web-1', mappings: ['8080 -> 80', '9229 -> 9229'] },
    'done Forwarding 8080 -> 80, 9229 -> 9229 to pod web-1\n',
  ],
  [{ type: 'forward', state: 'stopped', pod: 'web-1', mappings: [] }, ''],
  [{ ...sync, state: 'started' }, 'info Syncing ./src <-> web-1:/app\n'],
  [
    { ...sync, state: 'initial-done', up: 3, down: 0, ms: 120 },
    'done In sync: ./src <-> web-1:/app (3 up, 0 down) in 120 ms\n',
  ],
  [{ ...sync, state: 'stopped' }, 'info Stopped syncing ./src <-> web-1:/app\n'],
  [{ ...change, direction: 'up', action: 'create' }, ''],
  [
    { type: 'sync-conflict', path: 'a', kept: 'local', savedAs: '.devspace/trash/a' },
    "warn a was changed on both sides; kept your version, the container's is in .devspace/trash/a (SYNC_CONFLICT)\n     hint: devspace sync undo a\n",
  ],
  [{ type: 'open', url: 'http://x', state: 'waiting' }, ''],
  [{ type: 'open', url: 'http://x', state: 'opened' }, 'done Opened http://x\n'],
  [
    { type: 'open', url: 'http://x', state: 'gave-up' },
    'warn http://x did not answer, the browser was not opened (OPEN_TIMEOUT)\n',
  ],
  [{ type: 'ready', ms: 1234 }, 'done Ready in 1.2 s. Press Ctrl-C to stop.\n'],
  [{ type: 'failed', code: 'X', text: 'no', details: [] }, ''],
];

describe('plain output', () => {
  it.each(texts)('%j', (event, text) => {
    expect(printed([event])).toEqual({ stdout: '', stderr: text });
  });

  it('shows the changes of a sync when it is told to', () => {
    const events: Event[] = [
      { ...change, direction: 'up', action: 'update' },
      { type: 'sync-change', direction: 'down', action: 'remove', path: 'c' },
    ];
    expect(printed(events, { verboseSync: true }).stderr).toBe(
      'info sync -> update a/b (1.5 kB)\ninfo sync <- remove c\n',
    );
  });

  it('lets no name or message change the terminal', () => {
    const path = 'a\nb\u001b[2J';
    const events: Event[] = [
      { type: 'sync-change', direction: 'down', action: 'remove', path },
      { type: 'sync-conflict', path, kept: 'local', savedAs: path },
      { type: 'warning', code: 'X', text: 'odd \u001b]0;owned\u0007äöü \u001b[31mred\u001b[0m' },
    ];
    expect(printed(events, { verboseSync: true }).stderr).toBe(
      'info sync <- remove a\\nb\\u001b[2J\n' +
        "warn a\\nb\\u001b[2J was changed on both sides; kept your version, the container's is in a\\nb\\u001b[2J (SYNC_CONFLICT)\n" +
        'warn odd äöü \u001b[31mred\u001b[0m (X)\n',
    );
  });

  it('colours on a terminal, and where it is told to', () => {
    const events: Event[] = [{ type: 'note', level: 'done', text: 'Built' }];
    const green = '\u001b[32mdone\u001b[39m Built\n';
    expect(printed(events, { terminal: true }).stderr).toBe(green);
    expect(printed(events, { env: { FORCE_COLOR: '1' } }).stderr).toBe(green);
    expect(printed(events, { terminal: true, env: { NO_COLOR: '1' } }).stderr).toBe('done Built\n');
  });
});
