import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { CommandSpec } from '../../src/commands/command.js';
import { commands } from '../../src/commands/table.js';

/** The commands that deal with streams and with a run as a whole, and the tests that run each of them as it is built. */
const testsOf: Readonly<Record<string, RegExp>> = {
  dev: /\/(dev-\w+|supervisor-[\w-]+|interactive)\.test/,
  enter: /\/cli-(enter|terminal)\.test/,
  attach: /\/cli-attach\.test/,
  logs: /\/(cli-logs|logs-stream)\.test/,
  status: /\/(sync-safety|supervisor-status)\.test/,
};

const folder = fileURLToPath(new URL('..', import.meta.url));
const files = ['cli', 'e2e'].flatMap((name) =>
  readdirSync(`${folder}${name}`).map((file) => `${folder}${name}/${file}`),
);
const textOf = (command: string): string =>
  files
    .filter((file) => testsOf[command]?.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

/** `dev` shares the flags of building and deploying with commands that are tested for them. */
const shared = new Set(commands.find(({ name }) => name === 'deploy')?.flags);
const flagsOf = ({ flags, name, subcommands = [] }: CommandSpec): [string, string][] => [
  ...flags.filter((flag) => !shared.has(flag)).map(({ flag }): [string, string] => [name, flag]),
  ...subcommands.flatMap((one) => flagsOf(one).map(([, flag]): [string, string] => [name, flag])),
];

/** Whether the long or the short form stands as a word of its own in `text`; the `-c` of a shell in the container is not ours. */
function isGiven(flag: string, text: string): boolean {
  const forms = flag.split(', ').map((form) => form.split(' ')[0] ?? '');
  return forms.some((form) => new RegExp(`(?<!'(?:ba)?sh', ?)['"\` ]${form}(?:['"\`]|[ =])`).test(text));
}

describe('each flag is given to the built command by a test', () => {
  const checked = commands.filter(({ name }) => name in testsOf);
  it.each(checked.flatMap(flagsOf))('%s %s', (command, flag) => {
    expect(isGiven(flag, textOf(command))).toBe(true);
  });

  it.each([
    ['--tty', "run('--tty')", true],
    ['--tty', "run('--no-tty')", false],
    ['--lines <number>', "run('--lines=3')", true],
    ['-c, --container <name>', "'-c', 'app'", true],
    ['-c, --container <name>', "'sh', '-c', 'ls'", false],
  ])('%s in %s: %j', (flag, text, expected) => {
    expect(isGiven(flag, text)).toBe(expected);
  });
});
