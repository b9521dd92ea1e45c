import { PassThrough } from 'node:stream';

export type Keeper = PassThrough & { isTTY?: boolean; columns?: number; text(): string };

/** A stream that keeps what is written to it, and may pretend to be a terminal. */
export function keeper(terminal?: { columns?: number }): Keeper {
  const stream = new PassThrough().setEncoding('utf8');
  return Object.assign(stream, terminal ? { isTTY: true, ...terminal } : {}, {
    text: (): string => (stream.read() as string | null) ?? '',
  });
}
