import { fileURLToPath } from 'node:url';

/** Where the helper binaries lie in the package: beside the built CLI, whose chunks are one folder further down. */
export function helperDir(): string {
  const here = new URL('.', import.meta.url);
  return fileURLToPath(new URL(here.pathname.endsWith('/chunks/') ? '../helper' : './helper', here));
}
