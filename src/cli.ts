import { setImmediate } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { CommanderError } from 'commander';
import { Failure, isFailure } from './base/failure.js';
import { buildProgram } from './commands/command-line.js';
import type { CommandSpec, Invocation } from './commands/command.js';
import { commands } from './commands/table.js';
import { isAbort } from './base/abort.js';
import type { Reporter } from './report/events.js';
import { withoutSecrets } from './report/without-secrets.js';
import { Secrets } from './base/secrets.js';

declare const DEVSPACE_VERSION: string;
/** See start/program.ts: has what was compiled kept for the next run of this command. */
declare const keepCode: (command: string) => void;

/** Why a run was told to stop; `exitCode` is what shells expect for a signal (128 + its number). */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(by: string, exitCode: number) {
    super(`stopped by ${by}`);
    this.exitCode = exitCode;
  }
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** What Ctrl-C and termination do: abort `signal`, or what `divertSignals` says. `signal` aborts as well with `output`. */
function interrupts(output: AbortSignal): Pick<Invocation, 'signal' | 'divertSignals'> {
  const controller = new AbortController();
  let diverted: ((name: NodeJS.Signals) => void) | undefined;
  for (const [name, code] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (diverted) return diverted(name as keyof typeof SIGNALS);
      // The second Ctrl-C does not wait for a clean end.
      if (controller.signal.aborted && name === 'SIGINT') process.exit(code);
      controller.abort(new Interrupted(name, code));
    });
  }
  const divertSignals: Invocation['divertSignals'] = (to) => {
    diverted = to;
    return {
      [Symbol.dispose]() {
        diverted = undefined;
      },
    };
  };
  return { signal: AbortSignal.any([controller.signal, output]), divertSignals };
}

async function chooseReporter(flags: Readonly<Record<string, unknown>>): Promise<Reporter> {
  if (flags.output === 'json') return (await import('./report/json.js')).jsonReporter(process.stdout);
  if (flags.output !== 'text') {
    throw new Failure({
      code: 'USAGE',
      message: `--output ${String(flags.output)} is not known`,
      hint: 'use --output text or --output json',
    });
  }
  if (flags.silent === true) return (await import('./report/json.js')).silentReporter(process.stdout);
  const { plainReporter } = await import('./report/plain.js');
  return plainReporter(
    { stdout: process.stdout, stderr: process.stderr, env: process.env },
    { verboseSync: flags.verboseSync === true || flags.verbose === true },
  );
}

/** How the process is going to end. */
interface Ending {
  code: number;
  /** Nobody waits for output that the terminal does not take. */
  isOutputLost: boolean;
  /** Learnt while it ran. */
  readonly secrets: Secrets;
  /** Aborts when what is printed reaches nobody any more. */
  readonly output: AbortSignal;
}

async function runCommand(
  load: NonNullable<CommandSpec['load']>,
  args: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  ending: Ending,
): Promise<number> {
  const { output, secrets } = ending;
  const { divertSignals, signal } = interrupts(output);
  const reporter = withoutSecrets(await chooseReporter(flags), secrets);
  const invocation: Invocation = {
    args,
    flags,
    signal,
    divertSignals,
    emit: reporter.handle,
    log: reporter.log,
    secrets,
    cwd: process.cwd(),
    env: process.env,
    // Made when somebody reads: few do, and it takes milliseconds.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
  };
  // Loaded before it is needed: an upgrade of devspace while this runs takes its files away.
  const [{ failedEvent }, { run }] = await Promise.all([import('./report/failure-text.js'), load()]);
  try {
    return await run(invocation);
  } catch (error) {
    if (signal.aborted && (isAbort(error, signal) || isFailure(error, 'INTERRUPTED'))) throw signal.reason;
    reporter.handle(failedEvent(error));
    throw error;
  } finally {
    reporter.close();
    // What comes after this must not overtake it. But a terminal that takes nothing does not keep a run that is to end.
    ending.isOutputLost = !(await flushed(process.stdout, signal.aborted ? LAST_OUTPUT_MS : undefined));
  }
}

/** Turns whatever ended the run into an exit code, printing it to stderr. */
async function conclude(error: unknown, argv: readonly string[], secrets: Secrets): Promise<number> {
  if (error instanceof Interrupted || isFailure(error, 'INTERRUPTED')) return error.exitCode;
  if (error instanceof CommanderError) {
    // --help and --version end this way too.
    if (error.exitCode === 0) return 0;
    return conclude(usageFailure(error, argv), argv, secrets);
  }
  const [{ failureLines }, { styleFor, wantsColour }] = await Promise.all([
    import('./report/failure-text.js'),
    import('./report/style.js'),
  ]);
  const style = styleFor(wantsColour(process.stderr, process.env));
  const lines = failureLines(error, style, argv.includes('--debug'));
  process.stderr.write(`${secrets.mask(lines.join('\n'))}\n`);
  return isFailure(error) ? error.exitCode : 70;
}

function usageFailure(error: CommanderError, argv: readonly string[]): Failure {
  const path: string[] = [];
  let known: readonly CommandSpec[] | undefined = commands;
  for (const word of argv) {
    const spec: CommandSpec | undefined = known?.find(({ name }) => name === word);
    if (spec === undefined) continue;
    path.push(word);
    known = spec.subcommands;
  }
  const message = error.message.replace(/^error: /, '').trim();
  return new Failure({
    code: 'USAGE',
    message: message === '(outputHelp)' ? 'no command given' : message.replace(/\s*\n\s*/g, ' '),
    hint: ['devspace', ...path, '--help'].join(' '),
  });
}

const LAST_OUTPUT_MS = 1000;

/** Resolves when everything written so far has left the process, or its reader has gone; to false when that took longer than `ms`. */
function flushed(stream: NodeJS.WriteStream, ms?: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) return resolve(true);
    if (ms !== undefined) setTimeout(() => resolve(false), ms);
    stream.write('', () => resolve(true));
  });
}

/** How long a run may take to end once nobody reads what it prints. */
const UNREAD_MS = 5000;

/**
 * Aborts when nobody reads what is printed any more (`devspace logs | head`), which is no error, or when it cannot be written: OUTPUT_FAILED. A terminal
 * that was closed is a matter of SIGHUP; who ignores that wants the run to go on.
 */
function watchOutput(): AbortSignal {
  const output = new AbortController();
  const lost = (reason: Interrupted | Failure): void => {
    // What is written afterwards fails as well.
    if (output.signal.aborted) return;
    output.abort(reason);
    setTimeout(() => exit(reason.exitCode), UNREAD_MS).unref();
  };
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') lost(new Interrupted('the end of its reader', 0));
      else if (stream === process.stdout && !stream.isTTY) lost(outputFailure(error));
    });
  }
  return output.signal;
}

function outputFailure(cause: Error): Failure {
  const message = `What was printed could not be written: ${cause.message}`;
  return new Failure({ code: 'OUTPUT_FAILED', message, hint: 'df -h', cause });
}

async function main(argv: readonly string[]): Promise<Ending> {
  const output = watchOutput();
  const ending: Ending = { code: 0, isOutputLost: false, secrets: new Secrets(), output };
  // A bug that nobody waits for. Without this Node would print its stack and end with 1, like a failure of the user's.
  process.once('uncaughtException', (error) => {
    void conclude(error, argv, ending.secrets).then(exit);
  });
  try {
    const program = buildProgram(DEVSPACE_VERSION, async (name, load, args, flags) => {
      keepCode(name);
      ending.code = await runCommand(load, args, flags, ending);
    });
    if (argv.length > 0) await program.parseAsync(argv, { from: 'user' });
    else program.outputHelp();
  } catch (error) {
    ending.code = await conclude(error, argv, ending.secrets);
  }
  // Of what was written last nobody has told yet.
  await setImmediate();
  if (isFailure(output.reason) && ending.code === 0)
    ending.code = await conclude(output.reason, argv, ending.secrets);
  return ending;
}

const terminals = [0, 1, 2].filter(isatty);

/** Ends the process. Node gives terminals their modes back then, and crashes (SIGSEGV, a core dump) when one of them was closed meanwhile. */
function exit(code: number): void {
  if (!terminals.every(isatty)) process.kill(process.pid, 'SIGKILL');
  process.exit(code);
}

void main(process.argv.slice(2)).then(async ({ code, isOutputLost }) => {
  if (!isOutputLost) await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  exit(code);
});
