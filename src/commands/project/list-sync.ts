import { textTable } from '../../base/text-table.js';
import type { CommandHandler } from '../command.js';
import { resolveProject } from './open-project.js';
import { podsText } from '../container/pods-text.js';
import { printResult } from '../result.js';

/** `devspace list sync`: what `devspace dev` keeps the same. What runs now: `devspace status sync`. */
export const run: CommandHandler = async (invocation) => {
  const { config } = (await resolveProject(invocation, { lenient: true, sections: ['dev'] })).result;
  const sync = config.dev?.sync ?? [];
  if (sync.length === 0) {
    const text = 'No folders are synced: devspace add sync --local src --container /app/src';
    invocation.emit({ type: 'note', level: 'info', text });
  }
  printResult(invocation, { sync }, () =>
    sync.length === 0
      ? []
      : textTable(
          ['Pods', 'Local', 'Container', 'Excluded'],
          sync.map((entry) => [
            podsText(entry),
            entry.localSubPath ?? './',
            entry.containerPath ?? '(working directory)',
            (entry.excludePaths ?? []).join(', '),
          ]),
          [undefined, undefined, undefined, 60],
        ),
  );
  return 0;
};
