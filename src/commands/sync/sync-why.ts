import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

import { Failure, isFailure } from '../../base/failure.js';
import { formatBytes } from '../../base/format.js';
import { visible } from '../../base/text-table.js';
import { type Entry, type Known, otherSide } from '../../sync/core/entry.js';
import { type Exclusion, whyExcluded } from '../../sync/core/why-excluded.js';
import { type Origin, readExcludes } from '../../sync/excludes/read-excludes.js';
import { explain, explainStart } from '../../sync/inspect/explain.js';
import type { Inspection } from '../../sync/inspect/inspection.js';
import type { CommandHandler, Invocation } from '../command.js';
import { openKube } from '../open-kube.js';
import { openSubject } from './open-inspection.js';
import { printResult } from '../result.js';
import { type Subject, subjectsOf } from './sync-subjects.js';

/** `devspace sync why PATH`: what decides about a path now, in one sentence, and the facts it comes from. */
export const run: CommandHandler = async (invocation) => {
  const [given = ''] = invocation.args;
  const subjects = await subjectsOf(invocation);
  const covering = await Promise.all(
    subjects.map(async (subject) => ({
      subject,
      path: await pathIn(subject.localRoot, given, invocation.cwd),
    })),
  );
  const fitting = covering.flatMap(({ path, subject }) => (path === undefined ? [] : [{ path, subject }]));
  if (fitting.length === 0) throw notCovered(given, subjects);
  for (const { path, subject } of fitting) {
    const { facts, sentence } = await answer(subject, path, invocation);
    const sync = { local: subject.localRoot, container: subject.containerPath, from: subject.from };
    printResult(invocation, { path, sync, sentence, facts }, () => [
      `${visible(path)} ${visible(sentence)}.`,
      ...Object.entries({ Sync: `${sync.from}: ${sync.local} <-> ${sync.container}`, ...facts }).map(
        ([name, value]) => `  ${`${name}:`.padEnd(14)}${visible(value)}`,
      ),
    ]);
  }
  return 0;
};

type Facts = Record<string, string>;

async function answer(
  subject: Subject,
  path: string,
  invocation: Invocation,
): Promise<{ sentence: string; facts: Facts }> {
  const { localRoot, sources } = subject;
  const { origins, patterns } = await readExcludes(localRoot, sources);
  const here = await lstat(join(localRoot, path)).catch(() => undefined);
  const excluded = whyExcluded(patterns, path, here?.isDirectory() === true);
  if (excluded === 'own')
    return { sentence: "is one of sync's own files, which are never synced", facts: {} };
  const rules = Object.fromEntries(
    excluded.map(({ list, pattern }) => {
      // Of equal patterns the last one decides.
      const origin = origins[list][(patterns[list] ?? []).lastIndexOf(pattern)];
      return [list, told(list, origin ?? { written: pattern })];
    }),
  );
  if (excluded.some(({ list }) => list === 'excludePaths'))
    return { sentence: `is not synced: it is excluded by ${rules.excludePaths}`, facts: {} };
  using kube = invocation.flags.cluster === false ? undefined : await openKube(invocation);
  await using inspection = await openSubject(subject, kube, invocation);
  await hashBoth(inspection, path);
  const sees = inspection.remote !== undefined;
  const failed = !['SYNC_SKIPPED', 'SYNC_DIFFERS', undefined].includes(problemOf(subject, path)?.code);
  const sentence = `${explain(inspection.ledger, path, sees)}${failed ? '; but the last try went wrong, see below' : ''}`;
  const initialSync = subject.initialSync ?? 'preferNewest';
  const leaveRemoteOnly = subject.downloadOnInitialSync === false;
  const start = sees && explainStart(inspection.ledger, path, { initialSync, leaveRemoteOnly });
  const next: Facts = start ? { 'Next start': `${start} (initialSync: ${initialSync})` } : {};
  return { sentence, facts: { ...rules, ...factsOf(inspection, subject, path), ...next } };
}

/** The pattern, and where it is written. */
function told(list: Exclusion['list'], { file, written }: Origin): string {
  const quoted = JSON.stringify(written);
  return file ? `${quoted} of ${file.path}:${file.line} (${file.by})` : `${quoted} of ${list}`;
}

async function hashBoth({ ledger, local, remote }: Inspection, path: string): Promise<void> {
  for (const side of ['local', 'remote'] as const) {
    const entry = ledger[side].get(path);
    const endpoint = side === 'local' ? local : remote;
    if (entry?.kind !== 'file' || endpoint === undefined) continue;
    try {
      ledger.hashed(side, path, entry.stamp, await endpoint.hash(path, entry.stamp));
    } catch (error) {
      if (!isFailure(error) || error.subject !== path) throw error;
    }
  }
}

const problemOf = ({ record }: Subject, path: string) => record?.problems.find((one) => one.path === path);

function factsOf({ ledger, remote }: Inspection, subject: Subject, path: string): Facts {
  const facts: Facts = {};
  for (const side of ['local', 'remote'] as const) {
    if (side === 'remote' && remote === undefined) continue;
    const entry = ledger[side].get(path);
    const hash = entry?.kind === 'file' ? ledger.hashOf(side, path, entry.stamp) : undefined;
    facts[side === 'local' ? 'Here' : 'Container'] = entry ? described(entry, hash) : 'nothing';
  }
  const known = ledger.ancestor.get(path);
  facts['Last synced'] = known ? remembered(known) : 'never, or not since it was deleted';
  const conflict = subject.record?.conflicts.findLast((one) => one.path === path);
  if (conflict)
    facts.Conflict = `${conflict.time}: kept the ${conflict.kept} version, the other is in ${conflict.savedAs}`;
  const problem = problemOf(subject, path);
  if (problem) facts['Last error'] = `${problem.time}: ${problem.text} (${problem.code})`;
  return facts;
}

function described(entry: Entry, hash: string | undefined): string {
  const octal = 'mode' in entry ? ` ${(entry.mode & 0o7777).toString(8).padStart(4, '0')}` : '';
  if (entry.kind === 'symlink') return `symlink to ${entry.target}`;
  if (entry.kind === 'other') return entry.what;
  if (entry.kind === 'unreadable') return `unreadable: ${entry.reason}`;
  if (entry.kind === 'directory') return `directory${octal}`;
  const time = new Date(entry.mtime.s * 1000 + entry.mtime.ns / 1e6).toISOString();
  const sum = hash === undefined ? '' : `, sha256 ${hash.slice(0, 16)}`;
  return `file${octal}, ${formatBytes(entry.size)}, changed ${time}${sum}`;
}

function remembered({ hash, kind, localStamp, remoteStamp, size, target }: Known): string {
  const unseen = localStamp === undefined ? 'local' : remoteStamp === undefined ? 'remote' : undefined;
  const seen = unseen === undefined ? '' : `, known of the ${otherSide(unseen)} side only`;
  if (kind === 'symlink') return `symlink to ${target}${seen}`;
  return kind === 'directory'
    ? `directory${seen}`
    : `file, ${formatBytes(size)}, sha256 ${hash.slice(0, 16)}${seen}`;
}

/** The path relative to the root; undefined: it is not in it. What the path itself links to does not matter. */
async function pathIn(root: string, given: string, cwd: string): Promise<string | undefined> {
  const absolute = resolve(cwd, given);
  const folder = await realpath(dirname(absolute)).catch(() => dirname(absolute));
  const path = relative(root, join(folder, basename(absolute)))
    .split(sep)
    .join('/');
  return path === '' || path === '..' || path.startsWith('../') || isAbsolute(path) ? undefined : path;
}

function notCovered(path: string, subjects: readonly Subject[]): Failure {
  return new Failure({
    code: 'SYNC_PATH_NOT_COVERED',
    message: `${path} is in no folder that is synced`,
    subject: path,
    details: subjects.map(
      ({ containerPath, from, localRoot }) => `${from}: ${localRoot} <-> ${containerPath}`,
    ),
    hint: 'give a path inside one of these folders',
  });
}
