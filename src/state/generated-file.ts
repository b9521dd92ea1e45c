import { readFile, rename } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { systemCode } from '../base/failure.js';
import { isData, type Data } from './data.js';
import { notRead, notWritten } from './folder.js';

/** Content of generated.yaml; empty when there is none. What cannot be understood is renamed and told in `warning`. Failure: STATE_NOT_READ. */
export async function readGenerated(file: string): Promise<{ data: Data; warning?: string }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return { data: {} };
    throw notRead(file, error);
  }
  const data = parse(text);
  if (data) return { data };
  const aside = `${file}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}.bak`;
  try {
    await rename(file, aside);
  } catch (error) {
    throw notWritten(file, error);
  }
  return {
    data: {},
    warning: `${file} could not be understood and starts anew; its old content is in ${aside}`,
  };
}

function parse(text: string): Data | undefined {
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  try {
    const value: unknown = document.toJS() ?? {};
    return isData(value) ? value : undefined;
  } catch {
    // An alias that leads nowhere, or far too many: not written by us.
    return undefined;
  }
}
