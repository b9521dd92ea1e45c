import { lineDiff } from '../../base/line-diff.js';
import { failureOf, warningOf } from '../../config/diagnostic.js';
import { CONFIG_VERSION } from '../../config/schema.js';
import { rewriteConfig } from '../../config/versions/rewrite.js';
import { writeAtomic } from '../../state/atomic-write.js';
import { findProject } from '../../state/project.js';
import type { CommandHandler } from '../command.js';
import { printResult } from '../result.js';

/**
 * `devspace update config`: writes devspace.yaml in the version this devspace reads without upgrading it, and shows the lines that change. Never
 * asks. The file stays as it is with --dry-run, and when something in it cannot be written so.
 */
export const run: CommandHandler = async (invocation) => {
  const { cwd, emit, env, flags } = invocation;
  const project = await findProject(cwd, { env });
  const result = rewriteConfig({ file: project.name, text: project.text });
  if (!result.ok) throw failureOf(result.diagnostics);
  const isDryRun = flags['dryRun'] === true;
  const isChanged = result.text !== project.text;
  for (const warning of result.warnings) emit(warningOf(warning));
  if (isChanged && !isDryRun) await writeAtomic(project.file, result.text);
  const { from } = result;
  printResult(
    invocation,
    { file: project.file, from, to: CONFIG_VERSION, written: isChanged && !isDryRun },
    () => lineDiff(project.text, result.text).map(({ sign, text }) => `${sign} ${text}`),
  );
  const done = isDryRun ? 'would become' : 'is now';
  const text = isChanged
    ? `${project.name} ${done} ${CONFIG_VERSION}; it was ${from}`
    : `${project.name} is ${CONFIG_VERSION} already`;
  emit({ type: 'note', level: isChanged && !isDryRun ? 'done' : 'info', text });
  return 0;
};
