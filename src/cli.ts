import { setImmediate } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { CommanderError } from 'commander';
import { Failure, isFailure } from './base/failure.js';
import { buildProgram } from './commands/command-line.js';
import type { CommandSpec, Invocation } from './commands/command.js';
import { commands } from './commands/table.js';
import { isAbort } from './base/abort.js';
import { endDuringLookup, Interrupted, interrupts } from './cli/interrupts.js';
import { watchEnd } from './cli/late-end.js';
import { flushed, watchOutput } from './cli/output.js';
import type { Reporter } from './report/events.js';
import { withoutSecrets } from './report/without-secrets.js';
import { Secrets } from './base/secrets.js';

declare const DEVSPACE_VERSION: string;
/** See start/program.ts: has what was compiled kept for the next run of this command. */
declare const keepCode: (command: string) => void;

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
  /** Aborts when the run is to end. */
  stop: AbortSignal;
}

async function runCommand(
  load: NonNullable<CommandSpec['load']>,
  args: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  ending: Ending,
): Promise<number> {
  const { output, secrets } = ending;
  const { divertSignals, signal } = interrupts(output, exit);
  ending.stop = signal;
  const reporter = withoutSecrets(await chooseReporter(flags), secrets);
  const cut = (): void => exit((signal.reason as Interrupted | Failure).exitCode);
  const late = watchEnd(reporter, { signal, cut });
  const invocation: Invocation = {
    args,
    flags,
    signal,
    divertSignals,
    emit: late.handle,
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
  let code: number;
  try {
    code = await run(invocation);
  } catch (error) {
    if (signal.aborted && (isAbort(error, signal) || isFailure(error, 'INTERRUPTED'))) throw signal.reason;
    reporter.handle(failedEvent(error));
    throw error;
  } finally {
    late[Symbol.dispose]();
    reporter.close();
    // What comes after this must not overtake it. But whoever takes nothing does not keep a run that is to end.
    ending.isOutputLost = !(await flushed(process.stdout, signal));
  }
  // It was through, but what it has printed is not.
  if (ending.isOutputLost) throw signal.reason;
  return code;
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

async function main(argv: readonly string[]): Promise<Ending> {
  const output = watchOutput(exit);
  const ending: Ending = { code: 0, isOutputLost: false, secrets: new Secrets(), output, stop: output };
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
  // Behind all who clean up.
  process.once('exit', endDuringLookup);
  process.exit(code);
}

void main(process.argv.slice(2)).then(async ({ code, isOutputLost, stop }) => {
  if (!isOutputLost) await Promise.all([flushed(process.stdout, stop), flushed(process.stderr, stop)]);
  exit(code);
});
