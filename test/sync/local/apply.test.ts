import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { isFailure } from '../../../src/base/failure.js';
import type { Entry, FileEntry } from '../../../src/sync/core/entry.js';
import type { Keeping } from '../../../src/sync/endpoint.js';
import {
  applyChmod,
  applyMkdir,
  applyRemove,
  applySymlink,
  applyWrite,
  type Place,
} from '../../../src/sync/local/apply.js';
import { observe } from '../../../src/sync/local/observe.js';
import { Stage } from '../../../src/sync/local/stage.js';
import { Trash } from '../../../src/sync/local/trash.js';
import { readTrash, readTree } from '../rig.js';

let base: string;
let root: string;
let place: Place;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'devspace-apply-'));
  root = join(base, 'root');
  mkdirSync(join(root, 'd'), { recursive: true });
  writeFileSync(join(root, 'f'), 'content');
  mkdirSync(join(base, 'outside'));
  writeFileSync(join(base, 'outside/f'), 'outside');
  place = { root, stage: new Stage(root), trash: new Trash(root) };
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const meta = (content: string, mode = 0o644) => ({
  mode,
  mtime: { s: 1_600_000_000, ns: 5_000_000 },
  size: content.length,
});

/** `null`: nothing was seen there. */
function write(
  path: string,
  content: string,
  seen: Entry | null = observe(root, path) ?? null,
  mode = 0o644,
  when: keyof Keeping = 'kept',
) {
  const kept: string[] = [];
  const incoming = applyWrite(place, path, seen ?? undefined, meta(content, mode), () => {}, {
    [when]: (savedAs: string) => kept.push(savedAs),
  });
  return {
    incoming,
    kept,
    commit: () => (incoming.data(Buffer.from(content)), incoming.commit(sha(content))),
  };
}

const refusal = (code: string) => expect.toSatisfy((error: unknown) => isFailure(error, code));
const stamped = (path: string) => observe(root, path) as Entry;

describe('a file', () => {
  it('is put in place with mode and time, and what it replaces is kept', async () => {
    const { commit, kept } = write('f', 'new', observe(root, 'f'), 0o751);
    const entry = await commit();
    expect(readFileSync(join(root, 'f'), 'utf8')).toBe('new');
    expect(entry).toEqual(observe(root, 'f'));
    expect(entry).toMatchObject({ mode: 0o751, size: 3, mtime: { s: 1_600_000_000 } });
    expect(kept.map((path) => readFileSync(join(root, path), 'utf8'))).toEqual(['content']);
    expect(readTrash(root)).toEqual({ f: 'content' });
  });

  it('keeps what was written to the replaced one in the last moment', async () => {
    const seen = observe(root, 'f') as FileEntry;
    const calm = write('f', 'new', seen, 0o644, 'late');
    await calm.commit();
    expect(calm.kept).toEqual([]);
    const now = observe(root, 'f') as FileEntry;
    // Looked at before somebody wrote: as large then as now, but of another time.
    const late = write('f', 'newer', { ...now, mtime: { ...now.mtime, ns: 1 } }, 0o644, 'late');
    await late.commit();
    expect(late.kept.map((path) => readFileSync(join(root, path), 'utf8'))).toEqual(['new']);
    expect(readFileSync(join(root, 'f'), 'utf8')).toBe('newer');
    expect(readdirSync(join(root, '.devspace/sync/stage'), { recursive: true })).toHaveLength(1);
  });

  it('makes the directories above', async () => {
    await write('x/y/z', 'deep').commit();
    expect(readTree(root)).toHaveProperty('x/y/z');
  });

  it.each([
    ['of another size', 'long', sha('long'), 'lon'],
    ['of another hash', 'abc', sha('abd'), 'abc'],
    ['too long', 'ab', sha('abc'), 'abc'],
  ])('%s is refused, and nothing is left of it', async (_, announced, hash, sent) => {
    const incoming = applyWrite(place, 'g', undefined, meta(announced), () => {});
    const send = async () => {
      incoming.data(Buffer.from(sent))?.catch(() => {});
      await incoming.commit(hash);
    };
    await expect(send()).rejects.toEqual(refusal('SYNC_CONTENT_MISMATCH'));
    incoming.abort();
    expect(readTree(root)).not.toHaveProperty('g');
    expect(stageFiles()).toEqual([]);
  });

  it('is not put over what was not seen', async () => {
    const { commit } = write('f', 'mine', null);
    await expect(applyLater(commit)).rejects.toEqual(refusal('SYNC_FILE_CHANGED'));
    const seen = observe(root, 'f');
    const second = write('f', 'mine', seen ?? null);
    writeFileSync(join(root, 'f'), 'edited meanwhile');
    await expect(applyLater(second.commit)).rejects.toEqual(refusal('SYNC_FILE_CHANGED'));
    expect(readFileSync(join(root, 'f'), 'utf8')).toBe('edited meanwhile');
    expect(stageFiles()).toEqual([]);
  });
});

describe('outside the root', () => {
  beforeEach(() => {
    symlinkSync('../outside', join(root, 'link'));
    symlinkSync('../outside/f', join(root, 'filelink'));
  });

  it.each([
    '../outside/f',
    '/etc/x',
    'd/../../outside/f',
    '',
    '.',
    'd//x',
    'a\0b',
    '.devspace/sync/x',
    '.devspace-x/y',
  ])('nothing is changed by the path %j', async (path) => {
    const unsafe = refusal('SYNC_UNSAFE_PATH');
    await expect(applyLater(() => write(path, 'x', null).commit())).rejects.toEqual(unsafe);
    expect(() => applyMkdir(place, path, 0o755)).toThrow(unsafe);
    expect(() => applySymlink(place, path, undefined, 'f')).toThrow(unsafe);
    expect(() => applyChmod(place, path, stamped('f'), 0o777)).toThrow(unsafe);
    expect(() => applyRemove(place, path, stamped('f'))).toThrow(unsafe);
  });

  it('nothing is changed through a symlink', async () => {
    const unsafe = refusal('SYNC_UNSAFE_PATH');
    const seen = observe(base, 'outside/f') as Entry;
    await expect(applyLater(() => write('link/f', 'x', seen).commit())).rejects.toEqual(unsafe);
    await expect(applyLater(() => write('link/new/f', 'x', null).commit())).rejects.toEqual(unsafe);
    expect(() => applyMkdir(place, 'link/d', 0o755)).toThrow(unsafe);
    expect(() => applyRemove(place, 'link/f', seen)).toThrow(unsafe);
    expect(() => applyChmod(place, 'link/f', seen, 0o600)).toThrow(unsafe);
    expect(readdirSync(join(base, 'outside'))).toEqual(['f']);
    expect(readFileSync(join(base, 'outside/f'), 'utf8')).toBe('outside');
  });

  it('a link is replaced, not followed', async () => {
    await write('filelink', 'mine').commit();
    expect(lstatSync(join(root, 'filelink')).isFile()).toBe(true);
    expect(readFileSync(join(base, 'outside/f'), 'utf8')).toBe('outside');
    expect(() => applyChmod(place, 'link', stamped('link'), 0o600)).toThrow(refusal('SYNC_FILE_CHANGED'));
  });

  it.each(['/etc/passwd', '../../x', '..', 'd/../../x', 'd/..', ''])('no link to %j is made', (target) => {
    expect(() => applySymlink(place, 'new', undefined, target)).toThrow(refusal('SYNC_UNSAFE_PATH'));
    expect(existsSync(join(root, 'new'))).toBe(false);
  });

  it('links inside are made', () => {
    expect(applySymlink(place, 'd/new', undefined, '../f')).toMatchObject({
      kind: 'symlink',
      target: '../f',
    });
    expect(readFileSync(join(root, 'd/new'), 'utf8')).toBe('content');
  });
});

describe('the rest', () => {
  it('removes files to the trash, also twice the same name', () => {
    applyRemove(place, 'f', stamped('f'));
    writeFileSync(join(root, 'f'), 'second');
    applyRemove(place, 'f', stamped('f'));
    expect(readTree(root)).toEqual({ d: 'directory' });
    const kept = readdirSync(join(root, '.devspace/trash')).map((batch) =>
      readFileSync(join(root, '.devspace/trash', batch, 'f'), 'utf8'),
    );
    expect(kept.toSorted()).toEqual(['content', 'second']);
  });

  it('removes empty directories only', () => {
    writeFileSync(join(root, 'd/x'), '');
    expect(() => applyRemove(place, 'd', stamped('d'))).toThrow(refusal('SYNC_DIR_NOT_EMPTY'));
    rmSync(join(root, 'd/x'));
    expect(applyRemove(place, 'd', stamped('d'))).toBeUndefined();
    expect(existsSync(join(root, 'd'))).toBe(false);
  });

  it('sets no setuid bit', async () => {
    await write('f', 'x', observe(root, 'f'), 0o4755).commit();
    expect(lstatSync(join(root, 'f')).mode & 0o7777).toBe(0o755);
    applyChmod(place, 'f', stamped('f'), 0o6711);
    expect(lstatSync(join(root, 'f')).mode & 0o7777).toBe(0o711);
  });

  it('leaves no stage behind', async () => {
    const { incoming } = write('g', 'never ended');
    incoming.data(Buffer.from('never'))?.catch(() => {});
    place.stage[Symbol.dispose]();
    expect(existsSync(join(root, '.devspace'))).toBe(false);
  });
});

function stageFiles(): string[] {
  const stage = join(root, '.devspace/sync/stage');
  return existsSync(stage) ? readdirSync(stage).flatMap((name) => readdirSync(join(stage, name))) : [];
}

/** A synchronous refusal and an asynchronous one look the same. */
async function applyLater<T>(act: () => Promise<T>): Promise<T> {
  return act();
}
