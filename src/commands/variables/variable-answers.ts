import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseEnv } from 'node:util';
import { Failure, systemCode } from '../../base/failure.js';
import type { Answers } from '../../config/vars/resolver.js';
import { run } from '../../proc/run.js';
import { findShell, shellArguments } from '../../proc/shell.js';
import { openState, type State } from '../../state/cache.js';
import { notRead } from '../../state/folder.js';
import { canAsk } from '../ask.js';
import { askVariable } from './ask-variable.js';
import type { Invocation } from '../command.js';
import { predefinedValues } from './predefined-values.js';
import { profileKey, varFlags } from './variable-flags.js';

export interface AnswerOptions {
  /** Whether questions may be asked at all. */
  readonly ask: boolean;
}

/**
 * Where the variables of the project in `root` get their values from, in this run. Answers are kept in .devspace as soon as they are given, so that
 * nobody is asked twice. Failures: USAGE (a malformed `--var`), VARIABLE_COMMAND_FAILED, STATE_NOT_READ, STATE_NOT_WRITTEN, INTERRUPTED.
 */
export async function variableAnswers(
  invocation: Invocation,
  root: string,
  { ask }: AnswerOptions,
): Promise<(profiles: readonly string[], name?: string) => Promise<Answers>> {
  const { env, flags, secrets } = invocation;
  const given = varFlags(flags['var']);
  const dotenv = await readDotenv(root);
  const states = new Map<string, State>();
  const asked = new Map<string, string>();
  return async (profiles, name = basename(root)) => {
    const key = profileKey(profiles);
    const state = states.get(key) ?? (await openState(root, { profile: key }));
    states.set(key, state);
    return {
      given,
      env,
      dotenv,
      cached: state.variables,
      platform: process.platform,
      hide: (secret) => secrets.hide(secret),
      predefined: predefinedValues(invocation, root, { name, profiles }),
      run: (name, program) => output(invocation, root, name, program),
      evaluate: (place, line) => evaluate(invocation, root, place, line),
      ask:
        ask && canAsk(invocation)
          ? async (question, remember) => {
              const answer = asked.get(question.name) ?? (await askVariable(question, invocation));
              asked.set(question.name, answer);
              if (remember) {
                state.setVariable(question.name, answer, { secret: question.secret });
                await state.save();
              }
              return answer;
            }
          : undefined,
    };
  };
}

/** The .env file of the project; empty when there is none. */
async function readDotenv(root: string): Promise<Readonly<Record<string, string | undefined>>> {
  const file = join(root, '.env');
  try {
    return parseEnv(await readFile(file, 'utf8'));
  } catch (error) {
    // A folder of that name is somebody's virtual environment.
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) return {};
    throw notRead(file, error);
  }
}

async function output(
  { env, signal }: Invocation,
  root: string,
  name: string,
  { args, command }: { command: string; args: readonly string[] | undefined },
): Promise<string> {
  const shell = args === undefined ? await findShell(env) : undefined;
  const [file, words] = shell
    ? [shell.file, shellArguments(shell, command, [], name)]
    : [command, args ?? []];
  const verbatim = shell?.kind === 'cmd';
  const { exitCode, stdout, tail } = await run(file, words, {
    cwd: root,
    captureStdout: true,
    signal,
    verbatim,
  });
  if (exitCode === 0) return stdout.trim();
  throw new Failure({
    code: 'VARIABLE_COMMAND_FAILED',
    message: `the command of variable ${name} ended with exit code ${exitCode}: ${[command, ...(args ?? [])].join(' ')}`,
    subject: name,
    details: tail,
    hint: `mend the command, or set the variable: --var ${name}=VALUE`,
  });
}

/** DevSpace gives such a line its own command line: `$1` is `dev`. */
async function evaluate(
  { env, signal }: Invocation,
  root: string,
  place: string,
  line: string,
): Promise<string> {
  const shell = await findShell(env);
  const words = shellArguments(shell, line, process.argv.slice(2), 'devspace');
  const verbatim = shell.kind === 'cmd';
  const { exitCode, stdout, tail } = await run(shell.file, words, {
    cwd: root,
    captureStdout: true,
    signal,
    verbatim,
  });
  if (exitCode === 0) return stdout;
  throw new Failure({
    code: 'EXPRESSION_FAILED',
    message: `the command at ${place} ended with exit code ${exitCode}: ${line.trim()}`,
    subject: place,
    details: tail,
    hint: 'mend it, or write the value itself',
  });
}
