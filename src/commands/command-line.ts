import { Command, Option } from 'commander';
import { Failure } from '../base/failure.js';
import { globalFlags, type CommandSpec, type FlagSpec } from './command.js';
import { environmentFlags } from './environment-flags.js';
import { commands } from './table.js';

/** Called with the command that is to run, by its name on the first level. */
type Run = (
  name: string,
  load: NonNullable<CommandSpec['load']>,
  args: readonly string[],
  flags: Readonly<Record<string, unknown>>,
) => Promise<void>;

/** What parses the command line, and then calls `run`. Throws CommanderError, also for --help and --version, and USAGE. */
export function buildProgram(version: string, run: Run): Command {
  const program = new Command('devspace')
    .description('Develop inside a Kubernetes cluster as if it were your own machine')
    .version(`devspace version ${version}`, '--version', 'print the version')
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
    command.action(() => run(topmost(command).name(), load, command.args, valuesOf(command)));
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
