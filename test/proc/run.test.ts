import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isFailure } from '../../src/base/failure.js';
import { run } from '../../src/proc/run.js';

const node = process.execPath;
const folders: string[] = [];

async function folder(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'devspace-run-')));
  folders.push(path);
  return path;
}

afterEach(async () => {
  for (const path of folders.splice(0)) await rm(path, { recursive: true, force: true });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('run', () => {
  it('gives lines, exit code and the last lines', async () => {
    const out: string[] = [];
    const err: string[] = [];
    const script =
      'for (let i = 0; i < 5; i++) console.log("out " + i); console.error("bäd"); process.exitCode = 3';
    const result = await run(node, ['-e', script], {
      onStdout: (line) => out.push(line),
      onStderr: (line) => err.push(line),
      tail: 2,
    });
    expect(result.exitCode).toBe(3);
    expect(out).toEqual(['out 0', 'out 1', 'out 2', 'out 3', 'out 4']);
    expect(err).toEqual(['bäd']);
    expect(result.tail).toHaveLength(2);
    expect(result.stdout).toBe('');
  });

  it('passes arguments as they are, stdin, folder and environment', async () => {
    const cwd = await folder();
    const script = `
      let text = '';
      process.stdin.on('data', (data) => (text += data)).on('end', () =>
        console.log(JSON.stringify([process.argv.slice(1), text, process.cwd(), process.env.A, process.env.B, process.env.PATH !== undefined])));`;
    const result = await run(node, ['-e', script, '$HOME; rm', '*', ''], {
      cwd,
      env: { A: 'a b', B: undefined },
      stdin: 'in\n',
      captureStdout: true,
    });
    expect(JSON.parse(result.stdout)).toEqual([['$HOME; rm', '*', ''], 'in\n', cwd, 'a b', null, true]);
    expect(result.tail).toEqual([]);
  });

  it('has an empty stdin unless it is given one', async () => {
    const result = await run(node, ['-e', 'process.stdin.resume().on("end", () => console.log("ended"))']);
    expect(result).toMatchObject({ exitCode: 0, tail: ['ended'] });
  });

  it('survives a child that does not read its stdin', async () => {
    const result = await run(node, ['-e', 'process.exit(4)'], { stdin: 'x'.repeat(1_000_000) });
    expect(result.exitCode).toBe(4);
  });

  it('gives 128 + n when a signal ended the child', async () => {
    const result = await run(node, ['-e', 'process.kill(process.pid, "SIGKILL"); setTimeout(() => {}, 1e6)']);
    expect(result.exitCode).toBe(137);
  });

  it('fails when the program or the folder does not exist', async () => {
    for (const attempt of [run('no-such-program-here', []), run(node, ['-v'], { cwd: '/no/such/folder' })]) {
      await expect(attempt).rejects.toSatisfy((error) => isFailure(error, 'TOOL_NOT_FOUND'));
    }
  });

  it('ends the child and its children on abort, then throws the reason', async () => {
    const stop = new AbortController();
    const reason = new Error('stop');
    let grandchild = 0;
    const script = `
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'inherit' });
      console.log(child.pid);`;
    const running = run(node, ['-e', script], {
      signal: stop.signal,
      onStdout: (line) => {
        grandchild = Number(line);
        stop.abort(reason);
      },
    });
    await expect(running).rejects.toBe(reason);
    expect(grandchild).toBeGreaterThan(0);
    // In a container without an init a zombie may stay: it runs no more, but has a number.
    if (alive(grandchild)) expect(await readFile(`/proc/${grandchild}/stat`, 'utf8')).toMatch(/\) Z /);
  });

  it('does not start with an aborted signal', async () => {
    const cwd = await folder();
    const signal = AbortSignal.abort(new Error('before'));
    await expect(
      run(node, ['-e', 'require("fs").writeFileSync("ran", "")'], { signal, cwd }),
    ).rejects.toThrow('before');
    await expect(readFile(join(cwd, 'ran'))).rejects.toThrow('ENOENT');
  });

  it('does not wait for what the child leaves running with its output open', async () => {
    const script = `
      const child = require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'inherit' });
      console.log(child.pid); child.unref(); setImmediate(() => process.exit(0));`;
    const result = await run(node, ['-e', script]);
    expect(result.exitCode).toBe(0);
    process.kill(Number(result.tail[0]));
  });
});
