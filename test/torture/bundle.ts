import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

/** A program of this folder as one module that any Node runs. */
export async function bundle(entry: string): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'error',
  });
  return Buffer.from(outputFiles[0]!.contents);
}
