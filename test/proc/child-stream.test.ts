import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { isFailure } from '../../src/base/failure.js';
import { openChild } from '../../src/proc/child-stream.js';

const node = process.execPath;

describe('openChild', () => {
  it('carries bytes both ways and the exit code', async () => {
    await using child = await openChild(node, [
      '-e',
      'process.stdin.pipe(process.stdout).on("finish", () => {}); process.exitCode = 5',
    ]);
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 256));
    child.stdin.end(sent);
    const [received, problems, code] = await Promise.all([
      buffer(child.stdout),
      text(child.stderr),
      child.exit,
    ]);
    expect(received.equals(sent)).toBe(true);
    expect([problems, code]).toEqual(['', 5]);
  });

  it('holds the program back while nobody reads', async () => {
    const script = `
      const chunk = Buffer.alloc(65536);
      let n = 0;
      const write = () => { while (n < 1600) { n++; if (!process.stdout.write(chunk)) { process.stderr.write('full\\n'); process.stdout.once('drain', write); return; } } };
      write();`;
    await using child = await openChild(node, ['-e', script]);
    await once(child.stderr, 'data');
    expect(child.stdout.readableLength).toBeLessThan(1_000_000);
    expect((await buffer(child.stdout)).length).toBe(1600 * 65536);
    expect(await child.exit).toBe(0);
  });

  it('ends the program when it is disposed', async () => {
    const child = await openChild(node, ['-e', 'console.log("up"); setInterval(() => {}, 1e6)']);
    await once(child.stdout, 'data');
    await child[Symbol.asyncDispose]();
    await expect(child.exit).rejects.toSatisfy((error) => isFailure(error, 'PROCESS_KILLED'));
    await child[Symbol.asyncDispose]();
  });

  it('ends the program when the signal aborts', async () => {
    const stop = new AbortController();
    await using child = await openChild(node, ['-e', 'console.log("up"); setInterval(() => {}, 1e6)'], {
      signal: stop.signal,
    });
    await once(child.stdout, 'data');
    stop.abort();
    await expect(child.exit).rejects.toSatisfy((error) => isFailure(error, 'PROCESS_KILLED'));
  });

  it('does not throw when the program stops reading', async () => {
    await using child = await openChild(node, ['-e', 'process.stdin.destroy(); process.exitCode = 6']);
    child.stdin.write(Buffer.alloc(1_000_000));
    expect(await child.exit).toBe(6);
  });

  it('fails when there is no such program', async () => {
    await expect(openChild('no-such-program-here', [])).rejects.toSatisfy((error) =>
      isFailure(error, 'TOOL_NOT_FOUND'),
    );
  });
});
