import { readSource } from '../../src/config/full-source.js';
import { finishDraft, readDraft, type LoadResult } from '../../src/config/load.js';

/** The text of a devspace.yaml as a config, or all that is wrong with it: no profile applied, no variable filled in. */
export function loadConfig({ file, text }: { file: string; text: string }): LoadResult {
  const read = readDraft(readSource(file, text));
  return read.ok ? finishDraft(read.draft) : read;
}
