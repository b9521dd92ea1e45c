import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Failure } from '../../../src/base/failure.js';
import type { ProcessStream } from '../../../src/base/process-stream.js';
import { Tunnel } from '../../../src/dev/tunnel/tunnel.js';
import { FrameDecoder } from '../../../src/sync/wire/frame.js';
import { protocolVersion } from '../../../src/sync/wire/messages.js';
import { Writer } from '../../../src/sync/wire/values.js';
import { frame } from '../../sync/evil.js';

/** A helper with a will of its own, and what it was told. */
function evilHelper() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.resume();
  const process: ProcessStream = {
    stdin,
    stdout,
    stderr,
    exit: new Promise((resolve) => stdin.on('end', () => resolve(0))),
    [Symbol.asyncDispose]: async () => {
      for (const one of [stdin, stdout, stderr]) one.destroy();
    },
  };
  const decoder = new FrameDecoder();
  async function* frames() {
    for await (const chunk of stdout) yield decoder.push(chunk as Buffer);
  }
  const hello = { frame: 'HELLO', version: protocolVersion, os: 'linux', arch: 'amd64', pid: 1 } as const;
  const tunnel = new Tunnel({ process, hello, frames: frames(), errors: () => '' });
  return { tunnel, say: (type: number, body: Writer) => stdout.write(frame(type, body)) };
}

const uints = (...values: number[]): Writer => values.reduce((to, one) => to.uint(one), new Writer());
const data = (stream: number, bytes: number) => uints(stream).raw(Buffer.alloc(bytes));

/** With listener 1 and stream 1 open. */
async function opened() {
  const evil = evilHelper();
  const accepted: number[] = [];
  const listening = evil.tunnel.listen({
    transport: 'tcp',
    address: '127.0.0.1',
    port: 80,
    accept: ({ id }) => accepted.push(id),
    stopped: () => {},
  });
  evil.say(0x81, uints(1));
  await listening;
  const stream = evil.tunnel.connect('tcp', 80);
  return { ...evil, accepted, stream };
}

describe('a helper that breaks the protocol', () => {
  it.each<[string, (say: (type: number, body: Writer) => void) => void]>([
    ['asks for a connection', (say) => say(0x02, uints(2).u8(0).uint(80))],
    ['accepts for a listener that nobody asked for', (say) => say(0x83, uints(2, 7))],
    ['accepts for listener 0', (say) => say(0x83, uints(2, 0))],
    ['accepts with a number of ours', (say) => say(0x83, uints(3, 1))],
    [
      'accepts with a number twice',
      (say) => {
        say(0x83, uints(2, 1));
        say(0x83, uints(2, 1));
      },
    ],
    ['talks of a stream that was never opened', (say) => say(0x11, uints(4))],
    ['talks of a stream of ours that was never opened', (say) => say(0x11, uints(3))],
    ['answers about a listener that nobody asked for', (say) => say(0x81, uints(2))],
    [
      'sends more than the window',
      (say) => {
        say(0x10, data(1, 65_536));
        say(0x10, data(1, 1));
      },
    ],
    [
      'sends after the end',
      (say) => {
        say(0x11, uints(1));
        say(0x10, data(1, 1));
      },
    ],
    [
      'ends twice',
      (say) => {
        say(0x11, uints(1));
        say(0x11, uints(1));
      },
    ],
    [
      'gives a window larger than any',
      (say) => {
        say(0x13, uints(1, 4_194_304));
      },
    ],
    ['sends a frame of unknown type', (say) => say(0x42, uints(1))],
  ])('is cut off when it %s', async (_, misbehave) => {
    const { say, stream, tunnel } = await opened();
    const broken = new Promise((closed) => {
      // Nothing is read: what comes waits.
      stream.attach({ connected() {}, data() {}, end() {}, drain() {}, closed });
    });
    misbehave(say);
    expect(await tunnel.closed).toMatchObject({ code: 'TUNNEL_PROTOCOL' });
    expect(await broken).toMatchObject({ code: undefined });
    await tunnel[Symbol.asyncDispose]();
  });

  it('may still talk of what is over, and of what it was about to accept', async () => {
    const { accepted, say, stream, tunnel } = await opened();
    stream.reset();
    say(0x10, data(1, 10));
    say(0x84, uints(1));
    tunnel.unlisten(1);
    say(0x83, uints(2, 1));
    say(0x10, data(2, 10));
    const second = tunnel.connect('tcp', 81);
    await new Promise<void>((connected) => {
      second.attach({ connected, data() {}, end() {}, drain() {}, closed() {} });
      say(0x84, uints(3));
    });
    expect(accepted).toEqual([]);
    expect(tunnel.isOver).toBe(false);
    await tunnel[Symbol.asyncDispose]();
  });

  it('whatever it says: the tunnel goes on or ends with a failure, and what waits is bounded', async () => {
    const message = fc.tuple(
      fc.constantFrom(0x10, 0x11, 0x12, 0x13, 0x81, 0x82, 0x83, 0x84, 0x8d),
      fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 3 }),
      fc.nat({ max: 20_000 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 40 }), async (messages) => {
        const { say, stream, tunnel } = await opened();
        let waiting = 0;
        stream.attach({
          connected() {},
          data: (content) => (waiting += content.length),
          end() {},
          drain() {},
          closed() {},
        });
        for (const [type, numbers, bytes] of messages)
          say(type, type === 0x10 ? data(numbers[0]!, bytes) : uints(...numbers));
        await tunnel[Symbol.asyncDispose]();
        const why = await tunnel.closed;
        expect(why === undefined || why instanceof Failure).toBe(true);
        expect(waiting).toBeLessThanOrEqual(65_536);
      }),
      { numRuns: 100 },
    );
  });
});
