import { StringDecoder } from 'node:string_decoder';

/** Takes the bytes of a stream and gives its lines. Call `end` once at the end for a last line without line break. */
export interface LineSplitter {
  write(chunk: Uint8Array): void;
  end(): void;
}

/**
 * Calls `onLine` for each line, without its `\n` or `\r\n`. UTF-8 characters cut by a chunk's border stay whole. A line longer than
 * `maxLength` characters comes in pieces of that length, so that a stream without line breaks cannot fill the memory.
 */
export function splitLines(onLine: (line: string) => void, { maxLength = 64 * 1024 } = {}): LineSplitter {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const emit = (line: string): void => onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
  const take = (text: string): void => {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      emit(rest + text.slice(start, end));
      rest = '';
      start = end + 1;
    }
    rest += text.slice(start);
    while (rest.length > maxLength) {
      onLine(rest.slice(0, maxLength));
      rest = rest.slice(maxLength);
    }
  };
  return {
    write: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end: () => {
      take(decoder.end());
      if (rest !== '') emit(rest);
      rest = '';
    },
  };
}
