import type { Emit, LogSink } from '../report/events.js';
import type { Secrets } from '../base/secrets.js';

/** A flag as commander writes it (`-b, --force-build`, `--timeout <seconds>`), with what the help says of it. */
export interface FlagSpec {
  flag: string;
  about: string;
  default?: string | boolean | string[];
  /** May be given several times; the handler gets a list. */
  repeatable?: boolean;
}

/** A command as data. Its code is loaded only when it is run, so that `--help` costs nothing. */
export interface CommandSpec {
  name: string;
  /** Positional arguments as commander writes them: `[command...]`. */
  args?: string;
  summary: string;
  /** Shown after the flags by `--help`. */
  examples?: readonly string[];
  flags: readonly FlagSpec[];
  /** The first word that is no flag ends the flags: what stands behind it is passed on as it is, `--help` and `--` too. */
  passThrough?: boolean;
  /** Commands typed behind its name, with flags of their own: `devspace sync status`. */
  subcommands?: readonly CommandSpec[];
  /** Behind everything else that `--help` shows: what depends on the folder it is asked in. */
  moreHelp?: () => Promise<{ moreHelp: (cwd: string, env: NodeJS.ProcessEnv) => Promise<string> }>;
  /** Left out by what only holds subcommands. */
  load?: () => Promise<{ run: CommandHandler }>;
}

/** What a command is given. It owns nothing of it: streams and signal belong to the caller. */
export interface Invocation {
  /** The words that are no flags; after `--` all of them. */
  args: readonly string[];
  /** Values by camel-cased flag name, the global flags included. */
  flags: Readonly<Record<string, unknown>>;
  emit: Emit;
  /** What is not to be printed; whoever learns of a password tells it. */
  secrets: Secrets;
  /** For what containers print. */
  log: LogSink;
  /** Aborts on Ctrl-C and on termination; a handler then stops cleanly and returns. */
  signal: AbortSignal;
  /**
   * Until disposed, gives Ctrl-C and termination to `to` instead of aborting `signal`: for a program that has the terminal and decides itself what
   * they mean.
   */
  divertSignals: (to: (name: NodeJS.Signals) => void) => Disposable;
  cwd: string;
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** Runs a command to its end and resolves to the exit code; throws a Failure for what the user can mend. */
export type CommandHandler = (invocation: Invocation) => Promise<number>;

export const globalFlags: readonly FlagSpec[] = [
  { flag: '-n, --namespace <name>', about: 'namespace to work in (default: that of the context)' },
  { flag: '--kube-context <name>', about: 'context of the kubeconfig to use (default: the current one)' },
  {
    flag: '-p, --profile <name>',
    about: 'profile of devspace.yaml to use, instead of that of devspace use profile',
    repeatable: true,
  },
  { flag: '--profile-parent <name>', about: 'profile to apply before the others', repeatable: true },
  { flag: '--disable-profile-activation', about: 'let no profile activate itself' },
  { flag: '--var <name=value>', about: 'value of a variable, for this run', repeatable: true },
  { flag: '--no-warn', about: 'do not warn when context or namespace differ from the last run' },
  { flag: '--silent', about: 'print results and errors only' },
  { flag: '--debug', about: 'print the cause and the stack of an error' },
  { flag: '--output <format>', about: 'text, or json: one event a line on stdout', default: 'text' },
];
