import { PassThrough } from 'node:stream';

import type { ProcessStream } from '../../src/base/process-stream.js';
import type { OpenProcess } from '../../src/sync/inject/inject.js';
import { FrameDecoder } from '../../src/sync/wire/frame.js';
import { protocolVersion } from '../../src/sync/wire/messages.js';
import { Reader, Writer } from '../../src/sync/wire/values.js';

const names: Record<number, string> = {
  1: 'OPEN',
  2: 'SCAN',
  3: 'HASH',
  4: 'GET',
  5: 'PUT',
  15: 'SIGN',
  17: 'PUTS',
};

export function frame(type: number, body: Writer): Buffer {
  const bytes = body.finish();
  const head = Buffer.alloc(5, type);
  head.writeUInt32BE(bytes.length + 1);
  return Buffer.concat([head, bytes]);
}

/** A container with a will of its own: takes the helper, throws it away, and answers each request as the test says. */
export function openEvil(answer: (request: string, id: number) => Buffer[]): OpenProcess {
  return async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdout.write('DEVSPACE1 x86_64 /tmp/x raw\n');
    let head = Buffer.alloc(0);
    let left: number | undefined;
    const decoder = new FrameDecoder();
    stdin.on('data', (chunk: Buffer) => {
      let rest = chunk;
      if (left === undefined) {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf(10);
        if (end < 0) return;
        left = Number.parseInt(head.toString('latin1'), 10);
        rest = head.subarray(end + 1);
      }
      const skipped = Math.min(left, rest.length);
      left -= skipped;
      if (skipped > 0 && left === 0)
        stdout.write(frame(0x80, new Writer().uint(protocolVersion).text('linux').text('amd64').uint(1)));
      for (const { type, body } of decoder.push(rest.subarray(skipped))) {
        const id = type === 1 ? 0 : type !== 14 ? new Reader(body).uint() : 0;
        for (const bytes of answer(names[type] ?? '', id)) stdout.write(bytes);
      }
    });
    const stream: ProcessStream = {
      stdin,
      stdout,
      stderr,
      exit: new Promise((resolve) => {
        stdin.on('end', () => {
          stdout.end();
          resolve(0);
        });
      }),
      [Symbol.asyncDispose]: async () => {
        for (const one of [stdin, stdout, stderr]) one.destroy();
      },
    };
    return stream;
  };
}
