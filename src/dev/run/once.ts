import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from '../../state/atomic-write.js';

/** Containers come and go; what is known of the oldest does not matter any more. */
const KEPT = 500;

/** Does `work` unless it was done before under that key, in this run or an earlier one. It counts as done when it resolves to true. */
export async function onceOnly(stateDir: string, key: string, work: () => Promise<boolean>): Promise<void> {
  const file = join(stateDir, 'once.json');
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 24);
  if ((await readDone(file)).includes(digest)) return;
  if (!(await work())) return;
  await mkdir(stateDir, { recursive: true });
  const done = [...(await readDone(file)), digest].slice(-KEPT);
  await writeAtomic(file, `${JSON.stringify(done)}\n`);
}

/** Empty when there is none or it cannot be understood: then the work is done again. */
async function readDone(file: string): Promise<string[]> {
  try {
    const data: unknown = JSON.parse(await readFile(file, 'utf8'));
    return Array.isArray(data) ? data.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
