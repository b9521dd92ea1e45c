import { createHash, randomBytes, type Hash } from 'node:crypto';
import type { Socket } from 'node:net';

/** What the client says last, before it ends its input, and what it asks for by it. */
const lastWords = Buffer.from('bye: the rest, please\n');

/**
 * The server's half of an exchange as MySQL has it: it speaks first; the client answers; a question and its answer; then the client ends its
 * input, and only then the server sends the rest and ends. Every byte counts: the answers hash what was heard.
 */
export function serveExchange(socket: Socket, hash: Hash): void {
  let heard = 0;
  socket.on('error', () => socket.destroy());
  socket.write('greeting\n');
  socket.once('data', () => socket.write('welcome\n'));
  socket.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    heard += chunk.length;
  });
  socket.on('end', () => {
    const head = Buffer.from(`${JSON.stringify({ heard, sha256: hash.digest('hex') })}\n`);
    socket.end(Buffer.concat([head, Buffer.alloc(200_000, 7)]));
  });
}

/** The same for a pod: what to evaluate for each `socket` there. */
export const exchangeInPod = `(${serveExchange.toString()})(socket, require('node:crypto').createHash('sha256'))`;

/** The client's half. Resolves when every byte was right; rejects with what was not. */
export async function exchange(socket: Socket, bytes = 100_000): Promise<void> {
  const content = randomBytes(bytes);
  const chunks: Buffer[] = [];
  const has = async (text: string): Promise<void> => {
    while (!Buffer.concat(chunks).toString('latin1').includes(text)) {
      await new Promise<void>((resolve, reject) => {
        socket.once('data', () => resolve());
        socket.once('end', () => reject(new Error(`it ended before ${text}`)));
        socket.once('error', reject);
      });
    }
  };
  socket.on('data', (chunk) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    socket.once('end', resolve);
    socket.once('error', reject);
  });
  ended.catch(() => {});
  await has('greeting\n');
  socket.write(content.subarray(0, 100));
  await has('welcome\n');
  socket.write(content.subarray(100));
  socket.end(lastWords);
  await ended;
  const all = Buffer.concat(chunks);
  const sha256 = createHash('sha256').update(content).update(lastWords).digest('hex');
  const head = JSON.stringify({ heard: content.length + lastWords.length, sha256 });
  const expected = Buffer.concat([Buffer.from(`greeting\nwelcome\n${head}\n`), Buffer.alloc(200_000, 7)]);
  if (!all.equals(expected))
    throw new Error(`${all.length} bytes instead of ${expected.length}: ${all.toString('latin1', 0, 200)}`);
}
