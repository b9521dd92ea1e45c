import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { sweepReplicas } from '../../../src/dev/sync/sweep-replicas.js';
import { startOf } from '../../../src/state/process-identity.js';
import { newRecord } from '../../../src/state/sync-record.js';
import { syncStateFolder } from '../../../src/state/sync-records.js';
import { tempFolder } from '../../state/temp-folder.js';

it('keeps what runs, what is no replica, and the newest of the rest', async () => {
  await using folder = await tempFolder();
  const state = syncStateFolder(folder.path);
  await mkdir(state, { recursive: true });
  const me = { pid: process.pid, started: startOf(process.pid), host: hostname() };
  const init = { command: 'dev', local: '/here', containerPath: '.', patterns: {}, ...me } as const;
  const keyOf = (index: number) => index.toString(16).padStart(16, '0');
  for (let index = 0; index < 20; index++) {
    const record = newRecord({ ...init, isReplica: index !== 0 }, undefined, new Date(index * 1000));
    if (index !== 1) record.state = 'stopped';
    await writeFile(join(state, `${keyOf(index)}.json`), JSON.stringify(record));
    await writeFile(join(state, `${keyOf(index)}.tree`), 'ancestor');
  }
  await sweepReplicas(folder.path);
  const left = [0, 1, 12, 13, 14, 15, 16, 17, 18, 19].map(keyOf);
  expect((await readdir(state)).sort()).toEqual(left.flatMap((key) => [`${key}.json`, `${key}.tree`]));
});
