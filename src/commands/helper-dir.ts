import { fileURLToPath } from 'node:url';

/** Where the helper binaries lie in the package: beside the built CLI. */
export function helperDir(): string {
  return fileURLToPath(new URL('./helper', import.meta.url));
}
