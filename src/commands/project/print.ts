import { originsOf, printable, printConfig } from '../../config/print.js';
import type { CommandHandler } from '../command.js';
import { ALL_SECTIONS, resolveProject } from './open-project.js';
import { printResult, wantsJson } from '../result.js';
import { warningOf } from '../../config/diagnostic.js';

/** `devspace print`: the config as commands work with it. With passwords masked it does not load to the same config, and says so. */
export const run: CommandHandler = async (invocation) => {
  const { emit, flags } = invocation;
  const { result } = await resolveProject(invocation, { sections: ALL_SECTIONS });
  for (const warning of result.warnings) emit(warningOf(warning));
  const options = { explain: flags.explain === true, showSecrets: flags.showSecrets === true };
  if (wantsJson(invocation)) {
    const { config } = printable(result, options);
    printResult(invocation, { config, ...(options.explain && { origins: originsOf(result) }) }, () => []);
    return 0;
  }
  // The library that writes comments takes longer to load than all the rest.
  const print = options.explain ? (await import('../../config/explain.js')).explainConfig : printConfig;
  const { config, hidden } = print(result, options);
  if (hidden)
    emit({ type: 'note', level: 'info', text: 'Passwords are shown as ***; --show-secrets shows them' });
  printResult(invocation, {}, () => [config.trimEnd()]);
  return 0;
};
