import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { LogSink } from '../../src/report/events.js';
import { jsonReporter, silentReporter } from '../../src/report/json.js';
import { plainReporter } from '../../src/report/plain.js';

const reporters: [string, (stdout: NodeJS.WritableStream) => LogSink][] = [
  ['plain', (stdout) => plainReporter({ stdout, stderr: new PassThrough(), env: {} }).log],
  ['silent', (stdout) => silentReporter(stdout).log],
  ['JSON', (stdout) => jsonReporter(stdout).log],
];

function written(make: (stdout: NodeJS.WritableStream) => LogSink, ...writes: [string, Buffer][]): Buffer {
  const stdout = new PassThrough();
  const log = make(stdout);
  for (const [prefix, text] of writes) expect(log.write(prefix, text)).toBeUndefined();
  return stdout.read() as Buffer;
}

describe.each(reporters.slice(0, 2))('logs in %s output', (_, make) => {
  it('are byte for byte what came, without a prefix', () => {
    const bytes = Buffer.from([0xff, 0x00, 0x0a, 0xc3, 0x0a, 0x1b, 0x5b, 0x6d]);
    expect(written(make, ['', bytes]).equals(bytes)).toBe(true);
  });

  it('have the prefix before each line', () => {
    const text = Buffer.from('GET /ä\n\n€ $& \xff\n', 'utf8');
    expect(written(make, ['wéb', text], ['db', Buffer.from('piece')]).toString()).toBe(
      '[wéb] GET /ä\n[wéb] \n[wéb] € $& \xff\n[db] piece\n',
    );
    const bytes = Buffer.concat([Buffer.from('[web] '), Buffer.from([0xff, 0xfe, 0x0a])]);
    expect(written(make, ['web', bytes.subarray(6)]).equals(bytes)).toBe(true);
  });
});

it.each(reporters.slice(0, 2))('on a terminal, logs in %s output leave the terminal as it is', (_, make) => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true });
  const log = make(stdout);
  void log.write('', Buffer.from('\u001b[2Jone\n'));
  void log.write('web', Buffer.from('\u001b[2J\u001b[1mtwo\n'));
  const painted = '(\u001b\\[34m)?\\[web\\](\u001b\\[39m)?';
  expect(String(stdout.read())).toMatch(new RegExp(`^one\n${painted} \u001b\\[1mtwo\u001b\\[m\n$`));
});

it('logs in JSON output are one object a line', () => {
  const [, make] = reporters[2]!;
  const lines = written(make, ['web', Buffer.from('a "b"\n\nc\n')], ['', Buffer.from('bare')])
    .toString()
    .trimEnd()
    .split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
    ['a "b"', '', 'c', 'bare'].map((line, index) => ({
      time: expect.any(String) as unknown,
      type: 'log',
      prefix: index < 3 ? 'web' : '',
      line,
    })),
  );
});

describe.each(reporters)('logs in %s output', (_, make) => {
  it('ask to wait while the reader is slower, and no longer', async () => {
    const stdout = new PassThrough();
    const log = make(stdout);
    const waits = [log.write('', Buffer.alloc(40_000, 'x\n')), log.write('', Buffer.alloc(40_000, 'x\n'))];
    expect(waits[1]).toBeInstanceOf(Promise);
    // One promise serves all: of a hundred streams none adds a listener of its own.
    expect(log.write('', Buffer.from('y\n'))).toBe(waits[1]);
    let isOver = false;
    const over = waits[1]!.then(() => (isOver = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOver).toBe(false);
    stdout.resume();
    await over;
    expect(log.write('', Buffer.from('z\n'))).toBeUndefined();
    expect(stdout.listenerCount('drain')).toBe(0);
  });

  it('stop waiting for a reader that has gone', async () => {
    const stdout = new PassThrough();
    const log = make(stdout);
    const wait = log.write('', Buffer.alloc(100_000, 'x\n'));
    stdout.destroy();
    await wait;
  });
});
