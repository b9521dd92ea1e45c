import { Failure } from '../../base/failure.js';
import { nearest } from '../../config/suggest.js';
import { runAttached } from '../../proc/attached.js';
import { findShell } from '../../proc/shell.js';
import type { CommandHandler } from '../command.js';
import { listCommands } from './list-commands.js';
import { openProject } from './open-project.js';
import { planRun, type CommandConfig } from '../pipeline/run-plan.js';

/** `devspace run NAME [args…]`: a command of the config, in the project's folder, with this terminal. Ends with its exit code. */
export const run: CommandHandler = async (invocation) => {
  const { args, divertSignals, env, signal, stdin } = invocation;
  const [name, ...rest] = args;
  const { config, root } = await openProject(invocation, name === undefined ? [] : ['commands'], name);
  const commands = config.commands ?? [];
  if (name === undefined) return listCommands(invocation, commands);
  const command = commands.find((one) => one.name === name) ?? refuse(name, commands);
  // As with npm: what is meant for the command may stand behind `--`.
  const words = rest[0] === '--' ? rest.slice(1) : rest;
  const { file, args: all, verbatim } = planRun(command, words, await findShell(env));
  signal.throwIfAborted();
  const program = await runAttached(file, all, { cwd: root, verbatim });
  using _ = divertSignals((which) => {
    // Of Ctrl-C the terminal has told the program, too, and a second one would mean something else.
    if (which !== 'SIGINT' || !stdin.isTTY) program.kill(which);
  });
  return await program.exitCode;
};

function refuse(name: string, commands: readonly CommandConfig[]): never {
  const names = commands.map((one) => one.name);
  const meant = nearest(name, names);
  throw new Failure({
    code: 'COMMAND_NOT_FOUND',
    message: `there is no command "${name}" in devspace.yaml${meant === undefined ? '' : `, did you mean "${meant}"?`}`,
    subject: name,
    hint:
      names.length > 0
        ? 'devspace list commands'
        : 'add it to devspace.yaml: commands: [{name: …, command: …}]',
  });
}
