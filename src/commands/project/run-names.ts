import { itemsAt, valueAt } from '../../config/path.js';
import { openSource } from '../../config/open-source.js';
import { findProject } from '../../state/project.js';

/** A command of the config, as far as a list of them says it. */
export interface NamedCommand {
  readonly name: string;
  readonly description: string;
}

/** What `devspace run` knows here, as it is written: for help and completion, which ask nobody. Empty where there is no config, or a wrong one. */
export async function runNames(cwd: string, env: NodeJS.ProcessEnv): Promise<NamedCommand[]> {
  try {
    const { name, text } = await findProject(cwd, { env });
    const { value } = await openSource(name, text);
    return itemsAt(value, ['commands']).flatMap((item) => {
      const [called, about] = [valueAt(item.value, ['name']), valueAt(item.value, ['description'])];
      return typeof called === 'string'
        ? [{ name: called, description: typeof about === 'string' ? about : '' }]
        : [];
    });
  } catch {
    return [];
  }
}

/** For the end of `devspace run --help`. */
export async function moreHelp(cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const commands = await runNames(cwd, env);
  if (commands.length === 0) return '';
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ description, name }) => `  ${name.padEnd(width)}  ${description}`.trimEnd());
  return `\nCommands of devspace.yaml:\n${lines.join('\n')}`;
}
