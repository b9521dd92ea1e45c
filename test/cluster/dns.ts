import { readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { transform } from 'esbuild';
import { OUTSIDE_ALLOWED } from './network.js';
import type { Layout } from './paths.js';

/** Puts the name server beside the other configuration as plain JavaScript: it must outlive this checkout. */
export async function installDnsServer(layout: Layout): Promise<void> {
  const source = await readFile(path.join(import.meta.dirname, 'dns-server.ts'), 'utf8');
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'node20' });
  await mkdir(layout.etc, { recursive: true });
  await writeFile(path.join(layout.etc, 'dns-server.mjs'), code);
}

/** Who is asked for names outside the cluster: this machine's own name server, or nobody. */
export function upstreamNameServer(): string[] {
  if (!OUTSIDE_ALLOWED) return [];
  const server = /^nameserver\s+([\d.]+)$/m.exec(readFileSync('/etc/resolv.conf', 'utf8'))?.[1];
  return server ? [server] : [];
}
