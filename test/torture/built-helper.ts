import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where `npm run build:helper` has put the helpers. */
export function builtHelper(): string {
  const directory = fileURLToPath(new URL('../../dist/helper', import.meta.url));
  if (!existsSync(`${directory}/manifest.json`))
    throw new Error('Build the helper first: npm run build:helper');
  return directory;
}
