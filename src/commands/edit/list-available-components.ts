import { textTable } from '../../base/text-table.js';
import { knownComponents } from '../../config/edit/known-components.js';
import type { CommandHandler } from '../command.js';
import { printResult } from '../result.js';

/** `devspace list available-components`: what `devspace add deployment NAME --component` knows. */
export const run: CommandHandler = async (invocation) => {
  const components = knownComponents.map(({ about, image, name }) => ({ name, image, description: about }));
  printResult(invocation, { components }, () =>
    textTable(
      ['Name', 'Image', 'Description'],
      components.map(({ description, image, name }) => [name, image, description]),
    ),
  );
  return 0;
};
