import type { Layout } from './paths.js';
import type { OnProgress } from './progress.js';
import type { ServerVersion } from './versions.js';

export async function buildFromDebianSource(
  _version: ServerVersion,
  _programs: readonly string[],
  _out: string,
  _layout: Layout,
  _onProgress: OnProgress,
): Promise<void> {
  throw new Error('not yet');
}
