import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sleep } from '../../src/base/abort.js';
import type { Event } from '../../src/report/events.js';
import { until } from './until.js';

export const CLI = fileURLToPath(new URL('../../bin/devspace.js', import.meta.url));

export interface CliOptions {
  cwd: string;
  env?: Record<string, string | undefined>;
  /** Written to stdin, which is then closed. Without it stdin is empty. */
  input?: string | Buffer;
  /**
   * Run in a terminal of that size: all three streams are one, what it shows is `stdout`, and what is written to the child's stdin is typed. The
   * first line is the terminal's device. `after` is a shell command that looks at the terminal when devspace has ended.
   */
  terminal?: { columns: number; rows: number; after?: string };
}

export interface CliResult {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A running `devspace`. Disposing kills it when it still runs. */
export interface RunningCli extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  /** Rejects with what was printed when it still runs {@link endMs} later. */
  readonly exited: Promise<CliResult>;
  output(): { stdout: string; stderr: string };
  /** Resolves when the pattern has been printed on either stream; rejects with all output when the process ends first. */
  printed(pattern: RegExp, ms?: number): Promise<RegExpExecArray>;
  /** For `--output json`: all events so far. */
  events(): Event[];
  /** For `--output json`: resolves to the first event that `test` accepts. */
  event<E extends Event>(test: (event: Event) => event is E, ms?: number): Promise<E>;
}

/** Less than a test has: a command that does not end is told of with what it has printed. */
const endMs = 120_000;

/** Starts the built CLI as users run it. The test's own DEVSPACE_ and CI variables do not reach it; NO_COLOR is set. */
export function startCli(args: readonly string[], options: CliOptions): RunningCli {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', ...options.env };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  const { cwd, terminal } = options;
  const command = [process.execPath, CLI, ...args];
  const [file = '', ...rest] = terminal ? inTerminal(command, terminal) : command;
  const child = spawn(file, rest, { cwd, env, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.on('error', () => undefined);
  if (!terminal) child.stdin.end(options.input ?? '');

  let result: CliResult | undefined;
  const over = new AbortController();
  const exited = new Promise<CliResult>((resolve) => {
    child.on('close', (code, signal) => {
      result = { code, signal, stdout, stderr };
      over.abort();
      resolve(result);
    });
  });
  const endsNot = async (): Promise<CliResult> => {
    await sleep(endMs, over.signal).catch(() => exited);
    if (result) return result;
    throw new Error(`devspace ${args.join(' ')} still runs after ${endMs} ms\n${stdout}\n${stderr}`);
  };
  const ended = (what: string) =>
    new Error(
      `devspace ${args.join(' ')} ended with ${result?.signal ?? result?.code} before ${what}\n${stdout}\n${stderr}`,
    );
  const parsed: Event[] = [];
  let unparsed = 0;
  // Each line once: this is asked again and again, and a large sync tells thousands of events.
  const events = (): Event[] => {
    const end = stdout.lastIndexOf('\n') + 1;
    for (const line of stdout.slice(unparsed, end).split('\n'))
      if (line.startsWith('{')) parsed.push(JSON.parse(line) as Event);
    unparsed = end;
    return [...parsed];
  };

  const running: RunningCli = {
    child,
    get exited() {
      return Promise.race([exited, endsNot()]);
    },
    output: () => ({ stdout, stderr }),
    events,
    async printed(pattern, ms = 60_000) {
      let failure: Error | undefined;
      const found = await until(
        `printing ${String(pattern)}; so far:\n${stdout}\n${stderr}`,
        () => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (!match && result) failure = ended(`printing ${String(pattern)}`);
          return match ?? failure;
        },
        ms,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n--- output at the end:\n${stdout}\n${stderr}`);
      });
      if (found instanceof Error) throw found;
      return found;
    },
    async event<E extends Event>(test: (event: Event) => event is E, ms = 60_000) {
      const found = await until(
        'the event',
        () => events().find(test) ?? (result ? ended('the event') : undefined),
        ms,
      ).catch((error: unknown) => {
        throw new Error(`${String(error)}\n--- output at the end:\n${stdout}\n${stderr}`);
      });
      if (found instanceof Error) throw found;
      return found;
    },
    async [Symbol.asyncDispose]() {
      if (!result) child.kill('SIGKILL');
      await exited;
    },
  };
  return running;
}

/** util-linux' script, which makes a terminal and passes the exit code on. */
function inTerminal(
  command: readonly string[],
  { after, columns, rows }: NonNullable<CliOptions['terminal']>,
): string[] {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const run = after === undefined ? `exec ${quoted}` : `${quoted}; code=$?; ${after}; exit $code`;
  // A shell without a trap (dash, which `script` starts where SHELL is unset) goes with the Ctrl-C, or the end of the terminal, meant for devspace.
  const shell = `trap : INT HUP; tty; stty rows ${rows} cols ${columns}; ${run}`;
  return ['script', '--quiet', '--return', '--flush', '--command', shell, '/dev/null'];
}

/** Runs the built CLI to its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return startCli(args, options).exited;
}

/** For {@link RunningCli.event}: an event of that type. */
export function ofType<T extends Event['type']>(
  type: T,
  also: (event: Event & { type: T }) => boolean = () => true,
) {
  return (event: Event): event is Event & { type: T } =>
    event.type === type && also(event as Event & { type: T });
}
