import { execFile, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';

import type { ProcessStream } from '../../src/base/process-stream.js';
import type { Event } from '../../src/report/events.js';
import type { OpenProcess } from '../../src/sync/inject/inject.js';
import { startSync, type SyncOptions, type SyncSession } from '../../src/sync/session.js';

const helperSource = fileURLToPath(new URL('../../helper/', import.meta.url));

/** Why tests with the real helper cannot run here; undefined: they can. */
export function helperMissing(): string | undefined {
  if (process.platform !== 'linux') return 'the helper runs on Linux only';
  try {
    execFileSync('go', ['version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'Go is not installed';
  }
}

/** Builds the helper of this tree for this machine into a directory as the package has it; the caller removes it. */
export async function buildHelper(): Promise<string> {
  const directory = join(tmpdir(), `devspace-test-helper-${randomBytes(4).toString('hex')}`);
  mkdirSync(directory, { recursive: true });
  const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';
  const raw = join(directory, 'raw');
  await promisify(execFile)(
    'go',
    ['build', '-trimpath', '-buildvcs=false', '-ldflags=-s -w', '-o', raw, './cmd/helper'],
    {
      cwd: helperSource,
      env: { ...process.env, CGO_ENABLED: '0', GOOS: 'linux', GOARCH: arch },
    },
  );
  const content = readFileSync(raw);
  const gzip = gzipSync(content, { level: 1 });
  writeFileSync(join(directory, 'helper.gz'), gzip);
  const [sha256, gzipSha256] = [content, gzip].map((bytes) =>
    createHash('sha256').update(bytes).digest('hex'),
  );
  const listed = { file: 'helper.gz', size: content.length, gzipSize: gzip.length, sha256, gzipSha256 };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ [arch]: listed }));
  return directory;
}

export interface Child extends ProcessStream {
  pid: number;
}

/** Runs commands here, as if it were the container. `started` gets each. */
export function openHere(
  options: { cwd?: string; env?: NodeJS.ProcessEnv; started?: Child[] } = {},
): OpenProcess {
  return async (command) => {
    const child = spawn(command[0] as string, command.slice(1), {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: 'pipe',
    });
    const exit = new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) =>
        code === null ? reject(new Error(`ended by ${signal}`)) : resolve(code),
      );
    });
    exit.catch(() => {});
    await new Promise<void>((resolve, reject) => {
      child.on('spawn', resolve);
      child.on('error', reject);
    });
    const stream: Child = {
      pid: child.pid as number,
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      exit,
      [Symbol.asyncDispose]: async () => {
        child.kill('SIGKILL');
        await exit.catch(() => {});
      },
    };
    options.started?.push(stream);
    return stream;
  };
}

/** Counts the bytes that go both ways. */
export function counted(open: OpenProcess, moved: { bytes: number }): OpenProcess {
  return async (command, signal) => {
    const stream = await open(command, signal);
    const write = stream.stdin.write.bind(stream.stdin) as (chunk: Buffer, ...rest: unknown[]) => boolean;
    stream.stdin.write = (chunk: Buffer, ...rest: unknown[]) => {
      moved.bytes += chunk.length;
      return write(chunk, ...rest);
    };
    stream.stdout.on('data', (chunk: Buffer) => {
      moved.bytes += chunk.length;
    });
    stream.stdout.pause();
    return stream;
  };
}

export interface Pair {
  local: string;
  remote: string;
  /** TMPDIR of the helper: what it leaves behind is found here. */
  temporary: string;
  events: Event[];
  children: Child[];
  helperDir: string;
  start(options?: Partial<SyncOptions>): Promise<SyncSession>;
  /** Waits until both sides have the same tree, or says how they differ. */
  equal(options?: { within?: number; ignore?: RegExp }): Promise<void>;
  /** Waits until it is true. */
  until(what: string, test: () => boolean, within?: number): Promise<void>;
  dispose(): Promise<void>;
}

/** Two directories to be synced by real sessions with the real helper. */
export function makePair(helperDir: string): Pair {
  const base = join(tmpdir(), `devspace-sync-${randomBytes(5).toString('hex')}`);
  const [local, remote, temporary] = ['local', 'remote', 'tmp'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [local, remote, temporary]) mkdirSync(directory, { recursive: true });
  const events: Event[] = [];
  const children: Child[] = [];
  const sessions: SyncSession[] = [];
  const until: Pair['until'] = async (what, test, within = 8000) => {
    const end = performance.now() + within;
    for (;;) {
      const began = performance.now();
      if (test()) return;
      const now = performance.now();
      if (now > end)
        throw new Error(`waited ${within} ms in vain until ${what}\n${JSON.stringify(events.slice(-20))}`);
      // The session runs in this process too: it gets at least twice the time the look took.
      await new Promise((resolve) => setTimeout(resolve, 2 + 2 * (now - began)));
    }
  };
  return {
    local,
    remote,
    temporary,
    events,
    children,
    helperDir,
    until,
    async start(options = {}) {
      const session = await startSync({
        open: openHere({ cwd: remote, env: { TMPDIR: temporary }, started: children }),
        helperDir,
        localRoot: local,
        remoteRoot: remote,
        remoteIdentity: 'container-1',
        stateDir: join(base, 'state'),
        name: 'test',
        passingMs: 0,
        emit: (event) => events.push(event),
        signal: new AbortController().signal,
        ...options,
      });
      sessions.push(session);
      return session;
    },
    async equal({ within, ignore } = {}) {
      const differences = () => {
        const [a, b] = [readTree(local, ignore), readTree(remote, ignore)];
        const paths = new Set([...Object.keys(a), ...Object.keys(b)]);
        return [...paths]
          .filter((path) => a[path] !== b[path])
          .map((path) => `${path}: ${a[path]} | ${b[path]}`);
      };
      await until('both sides are equal', () => differences().length === 0, within).catch((error: Error) => {
        throw new Error(`${differences().slice(0, 20).join('\n')}\n${error.message}`);
      });
    },
    async dispose() {
      for (const session of sessions) await session.stop();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

/** path → what is there, in one line; without `.devspace`. */
export function readTree(root: string, ignore?: RegExp): Record<string, string> {
  const tree: Record<string, string> = {};
  const walk = (directory: string) => {
    for (const name of readdirSync(join(root, directory))) {
      const path = directory === '' ? name : `${directory}/${name}`;
      if (path === '.devspace' || ignore?.test(path)) continue;
      try {
        const stats = lstatSync(join(root, path));
        const mode = (stats.mode & 0o777).toString(8);
        if (stats.isDirectory()) {
          tree[path] = 'directory';
          walk(path);
        } else if (stats.isSymbolicLink()) tree[path] = `-> ${readlinkSync(join(root, path))}`;
        else if (stats.isFile()) {
          const content = readFileSync(join(root, path));
          tree[path] =
            `${mode} ${content.length} ${createHash('sha1').update(content).digest('hex').slice(0, 8)}`;
        } else tree[path] = 'other';
      } catch {
        // It went while it was looked at.
      }
    }
  };
  walk('');
  return tree;
}

/** Everything kept in the trash of a root: original path → content. */
export function readTrash(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const trash = join(root, '.devspace/trash');
  const walk = (path: string, original: string) => {
    for (const name of readdirSync(join(trash, path))) {
      const next = join(path, name);
      const named = original === '' ? name : `${original}/${name}`;
      const stats = lstatSync(join(trash, next));
      if (stats.isDirectory()) walk(next, named);
      else if (stats.isSymbolicLink()) found[named] = `-> ${readlinkSync(join(trash, next))}`;
      else found[named] = readFileSync(join(trash, next), 'utf8');
    }
  };
  try {
    for (const batch of readdirSync(trash)) walk(batch, '');
  } catch {
    return {};
  }
  return found;
}

/** Writes files, making directories as needed. */
export function put(root: string, files: Record<string, string | Buffer>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** For a suite: builds the helper once, and hands out a pair of empty folders before each test that is gone after it. */
export function pairForEachTest(use: (pair: Pair) => void): void {
  let helperDir: string;
  let pair: Pair;
  beforeAll(async () => {
    helperDir = await buildHelper();
  }, 120_000);
  afterAll(() => rmSync(helperDir, { recursive: true, force: true }));
  beforeEach(() => {
    pair = makePair(helperDir);
    use(pair);
  });
  // Thousands of files may have to go.
  afterEach(() => pair.dispose(), 60_000);
}
