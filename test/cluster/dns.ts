import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from 'esbuild';
import type { Layout } from './paths.js';

/** Puts the name server beside the other configuration as plain JavaScript: it must outlive this checkout. */
export async function installDnsServer(layout: Layout): Promise<void> {
  const source = await readFile(path.join(import.meta.dirname, 'dns-server.ts'), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20' });
  await mkdir(layout.etc, { recursive: true });
  await writeFile(path.join(layout.etc, 'dns-server.mjs'), code);
}
