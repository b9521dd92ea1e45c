import { itemsAt, valueAt, type Path } from '../../config/path.js';
import { openSource } from '../../config/open-source.js';
import { findProject } from '../../state/project.js';
import { globalFlags, type CommandSpec, type FlagSpec } from '../command.js';

/** Where the words that a command takes stand in the config, and under which key their names; a name of a map has none. */
const NAMES: Readonly<Record<string, { readonly path: Path; readonly key?: string }>> = {
  run: { path: ['commands'], key: 'name' },
  'use profile': { path: ['profiles'], key: 'name' },
  'remove deployment': { path: ['deployments'], key: 'name' },
  'remove image': { path: ['images'] },
};

/** What the last of `words`, which may be empty, can be made into; the others are what stands before it, behind `devspace`. Never fails. */
export async function candidates(
  commands: readonly CommandSpec[],
  words: readonly string[],
  { cwd, env }: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string[]> {
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const { flags, given, path, spec } = commandIn(commands, before);
  const open = valueOf(before.at(-1), flags);
  const all =
    open !== undefined
      ? open.flag.includes('--profile')
        ? await namesIn({ path: ['profiles'], key: 'name' }, cwd, env)
        : []
      : spec?.passThrough === true && given > 0
        ? []
        : last.startsWith('-')
          ? flags.flatMap(({ flag }) => /--[\w-]+/.exec(flag)?.[0] ?? [])
          : given > 0
            ? []
            : [
                ...(spec ? (spec.subcommands ?? []) : commands).map(({ name }) => name),
                ...(await namesIn(NAMES[path], cwd, env)),
              ];
  return [...new Set(all)].filter((word) => word.startsWith(last)).toSorted();
}

/** The command that the words name, the flags it takes, and how many other words it has got. */
function commandIn(
  commands: readonly CommandSpec[],
  words: readonly string[],
): {
  spec: CommandSpec | undefined;
  path: string;
  flags: readonly FlagSpec[];
  given: number;
} {
  let spec: CommandSpec | undefined;
  let path = '';
  let flags: readonly FlagSpec[] = globalFlags;
  let given = 0;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-') || valueOf(words[index - 1], flags) !== undefined) continue;
    const next =
      given > 0 ? undefined : (spec ? spec.subcommands : commands)?.find(({ name }) => name === word);
    if (next === undefined) given += 1;
    else {
      spec = next;
      path = `${path} ${word}`.trim();
      flags = [...next.flags, ...globalFlags];
    }
  }
  return { spec, path, flags, given };
}

/** The flag whose value comes behind `word`. */
function valueOf(word: string | undefined, flags: readonly FlagSpec[]): FlagSpec | undefined {
  if (word?.startsWith('-') !== true || word.includes('=')) return undefined;
  return flags.find(({ flag }) => flag.includes('<') && flag.split(/,? /).includes(word));
}

/** As they are written, in whatever profile; nobody is asked for variables. */
async function namesIn(
  place: { readonly path: Path; readonly key?: string } | undefined,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  if (place === undefined) return [];
  try {
    const { name, text } = await findProject(cwd, { env });
    const { value } = await openSource(name, text);
    return itemsAt(value, place.path)
      .map(({ path, value: item }) => (place.key === undefined ? path.at(-1) : valueAt(item, [place.key])))
      .filter((one) => typeof one === 'string');
  } catch {
    return [];
  }
}
