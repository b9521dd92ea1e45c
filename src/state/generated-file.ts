import { readFile, rename } from 'node:fs/promises';
import { systemCode } from '../base/failure.js';
import { readPlainYaml } from '../base/plain-yaml.js';
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
  const data = await parse(text);
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

async function parse(text: string): Promise<Data | undefined> {
  const value = readPlainYaml(text)?.value;
  if (isData(value)) return value;
  // Loading the parser that knows all of YAML takes longer than all the rest.
  const { parseGenerated } = await import('./generated-yaml.js');
  return parseGenerated(text);
}
