import { textTable } from '../../base/text-table.js';
import { definitionsOf } from '../../config/vars/definition.js';
import type { CommandHandler } from '../command.js';
import { ALL_SECTIONS, resolveProject } from '../project/open-project.js';
import { printResult, wantsJson } from '../result.js';

const WIDEST = 60;

/** `devspace list vars`: the variables of the config, with what they stand for now and why. Asks nothing; passwords are masked. */
export const run: CommandHandler = async (invocation) => {
  const { project, result } = await resolveProject(invocation, {
    lenient: true,
    sections: [...ALL_SECTIONS, 'commands'],
  });
  const { draft, variables } = result;
  const defined = definitionsOf(draft.value).map(({ definition: { name } }) => name);
  for (const name of defined) await variables.resolve(name);
  const names = new Set([...defined, ...variables.known.keys(), ...variables.missing]);
  const vars = [...names].map((name) => {
    const found = variables.known.get(name);
    const password = found?.secret ?? variables.definition(name)?.password === true;
    return {
      name,
      value: found ? (password ? '***' : found.value) : null,
      from: found?.from ?? 'not set',
      password,
    };
  });
  if (vars.length === 0 && !wantsJson(invocation))
    invocation.emit({ type: 'note', level: 'info', text: `No variables in ${project.name}` });
  printResult(invocation, { vars }, () =>
    vars.length === 0
      ? []
      : textTable(
          ['Name', 'Value', 'From'],
          vars.map(({ from, name, value }) => [name, oneLine(String(value ?? '')), from]),
        ),
  );
  return 0;
};

function oneLine(text: string): string {
  const [first = '', ...more] = text.split('\n');
  return first.length > WIDEST || more.length > 0 ? `${first.slice(0, WIDEST)}...` : first;
}
