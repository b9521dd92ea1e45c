import { Command, CommanderError, Option } from 'commander';
import { Failure, isFailure } from './base/failure.js';
import { globalFlags, type CommandSpec, type FlagSpec, type Invocation } from './commands/command.js';
import { environmentFlags } from './commands/environment-flags.js';
import { commands } from './commands/table.js';
import { isAbort } from './base/abort.js';
import type { Reporter } from './report/events.js';
import { withoutSecrets } from './report/without-secrets.js';
import { Secrets } from './base/secrets.js';

declare const DEVSPACE_VERSION: string;
/** See start/program.ts: has what was compiled kept for the next run of this command. */
declare const keepCode: (command: string) => void;

/** Why a run was told to stop; `exitCode` is what shells expect for the signal (128 + its number). */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`stopped by ${signal}`);
    this.exitCode = exitCode;
  }
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** What Ctrl-C and termination do: abort `signal`, or what `divertSignals` says. */
function interrupts(): Pick<Invocation, 'signal' | 'divertSignals'> {
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
  return { signal: controller.signal, divertSignals };
}

function addFlags(command: Command, flags: readonly FlagSpec[]): void {
  for (const spec of flags) {
    const option = new Option(spec.flag, spec.about);
    if (spec.repeatable) {
      option.default([], 'none').argParser(collect);
    } else if (spec.default !== undefined) {
      option.default(spec.default);
    }
    command.addOption(option);
  }
}

function collect(value: string, all: readonly string[] = []): string[] {
  return [...all, value];
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
}

async function runCommand(
  load: NonNullable<CommandSpec['load']>,
  args: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  ending: Ending,
): Promise<number> {
  const { divertSignals, signal } = interrupts();
  const { secrets } = ending;
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

function buildProgram(ending: Ending): Command {
  const program = new Command('devspace')
    .description('Develop inside a Kubernetes cluster as if it were your own machine')
    .version(`devspace version ${DEVSPACE_VERSION}`, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    // A command's flags are its own, also where a global one has the same name; see also `passThrough`.
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .configureHelp({ subcommandTerm: (command) => `${command.name()} ${command.usage()}` });
  addFlags(program, globalFlags);
  addCommands(program, commands, (spec, command) => {
    if (spec.load === undefined) return;
    const { load } = spec;
    takeEnvironmentFlags(command);
    command.action(async () => {
      keepCode(topmost(command).name());
      ending.code = await runCommand(load, command.args, valuesOf(command), ending);
    });
  });
  return program;
}

/** What the help of `parent` tells of them. The one that is called learns the rest of itself then: all flags of all commands would take 10 ms. */
function addCommands(
  parent: Command,
  specs: readonly CommandSpec[],
  onCall: (spec: CommandSpec, command: Command) => void,
): void {
  for (const { args, name, summary } of specs)
    parent.command(args ? `${name} ${args}` : name).description(summary);
  parent.hook('preSubcommand', async (_, called) => {
    const spec = specs.find(({ name }) => name === called.name());
    if (spec === undefined) return;
    fillIn(called, spec);
    addCommands(called, spec.subcommands ?? [], onCall);
    onCall(spec, called);
    if (spec.moreHelp === undefined || !asksForHelp(spec.name)) return;
    const { moreHelp } = await spec.moreHelp();
    const text = await moreHelp(process.cwd(), process.env);
    if (text !== '') called.addHelpText('after', text);
  });
}

/** Whether the words behind that command are about itself, not about what it passes them on to. */
function asksForHelp(name: string): boolean {
  const words = process.argv.slice(process.argv.indexOf(name) + 1);
  const first = words.findIndex((word) => !word.startsWith('-'));
  return words.slice(0, first === -1 ? undefined : first).some((word) => word === '-h' || word === '--help');
}

function fillIn(command: Command, spec: CommandSpec): void {
  const { examples, flags, passThrough = false, subcommands = [] } = spec;
  command
    .helpCommand(false)
    // What stands behind a subcommand belongs to it, though the command above has a flag of that name.
    .enablePositionalOptions(subcommands.length > 0)
    .passThroughOptions(passThrough);
  addFlags(command, flags);
  for (const { about, flag, repeatable } of globalFlags) {
    // Global flags are accepted behind the command too; the help lists them once, at the top level.
    // A short form that the command has itself is the command's: -p is --pick where there is something to pick.
    const [short = ''] = flag.split(', ');
    const taken = flags.some((own) => own.flag.startsWith(`${short},`));
    const option = new Option(taken ? flag.slice(short.length + 2) : flag, about).hideHelp();
    command.addOption(repeatable ? option.argParser(collect) : option);
  }
  if (examples)
    command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`);
}

/** What is typed is parsed afterwards, and wins. Failure: USAGE. */
function takeEnvironmentFlags(command: Command): void {
  const path: string[] = [];
  for (let at = command; at.parent; at = at.parent) path.unshift(at.name());
  for (const { variable, words } of environmentFlags(path, process.env, process.cwd())) {
    const { operands, unknown } = command.parseOptions([...words]);
    const [strange] = [...unknown, ...operands];
    if (strange === undefined) continue;
    throw new Failure({
      code: 'USAGE',
      message: `the environment variable ${variable} gives ${strange} to devspace ${path.join(' ')}, which does not know it`,
      subject: variable,
      hint:
        variable === 'DEVSPACE_FLAGS'
          ? 'flags of one command belong into its own, such as DEVSPACE_DEV_FLAGS'
          : `devspace ${path.join(' ')} --help`,
    });
  }
}

/** The command of the first level that it stands under. */
function topmost(command: Command): Command {
  const above = command.parent;
  return above?.parent ? topmost(above) : command;
}

const globalNames = new Set(globalFlags.map(({ flag }) => new Option(flag).attributeName()));

/** A command's flags, with the global ones from wherever they were given: before the command, behind it, or both. */
function valuesOf(command: Command): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(command.parent ? valuesOf(command.parent) : {}))
    if (globalNames.has(name)) values[name] = value;
  for (const [name, value] of Object.entries(command.opts())) {
    const above = values[name];
    if (value === undefined || (above !== undefined && command.getOptionValueSource(name) === 'default'))
      continue;
    values[name] = Array.isArray(above) && Array.isArray(value) ? [...above, ...value] : value;
  }
  return values;
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
  const command = argv.find((word) => commands.some(({ name }) => name === word));
  const message = error.message.replace(/^error: /, '').trim();
  return new Failure({
    code: 'USAGE',
    message: message === '(outputHelp)' ? 'no command given' : message.replace(/\s*\n\s*/g, ' '),
    hint: `devspace ${command === undefined ? '' : `${command} `}--help`,
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

async function main(argv: readonly string[]): Promise<Ending> {
  // A reader that goes away (`devspace logs | head`) is no error.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0);
    });
  }
  const ending: Ending = { code: 0, isOutputLost: false, secrets: new Secrets() };
  // A bug that nobody waits for. Without this Node would print its stack and end with 1, like a failure of the user's.
  process.once('uncaughtException', (error) => {
    void conclude(error, argv, ending.secrets).then((code) => process.exit(code));
  });
  try {
    const program = buildProgram(ending);
    if (argv.length > 0) await program.parseAsync(argv, { from: 'user' });
    else program.outputHelp();
  } catch (error) {
    ending.code = await conclude(error, argv, ending.secrets);
  }
  return ending;
}

void main(process.argv.slice(2)).then(async ({ code, isOutputLost }) => {
  if (!isOutputLost) await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  process.exit(code);
});
