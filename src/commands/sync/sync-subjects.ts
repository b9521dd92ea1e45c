import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { isFailure, Failure } from '../../base/failure.js';
import { selectorFor, type ImageRefs } from '../../dev/images/built-images.js';
import type { Kube } from '../../kube/kube.js';
import { directionOf, selectorKeyOf } from '../../dev/sync/sync-settings.js';
import { waitForTarget, type Target } from '../../kube/select/select.js';
import { openState } from '../../state/cache.js';
import type { SyncRecord } from '../../state/sync-record.js';
import { findSyncs, keyOf, syncStateFolder, type FoundSync } from '../../state/sync-records.js';
import { ancestorOf } from '../../sync/ancestor/memory.js';
import { type InitialSync, initialSyncs } from '../../sync/core/initial.js';
import type { ExcludeSources } from '../../sync/excludes/read-excludes.js';
import type { Invocation } from '../command.js';
import { numberFlag } from '../flags.js';
import { openProject } from '../project/open-project.js';
import { pickTarget } from '../container/pick-target.js';
import { localPathOf, syncsHere, worthShowing } from './sync-places.js';

/** One pair of folders that `verify` and `why` look at. */
export interface Subject {
  /** Absolute and resolved. */
  localRoot: string;
  /** As it is configured. */
  containerPath: string;
  /** What is left out, as it is configured. */
  sources: ExcludeSources;
  direction: 'both' | 'up' | 'down' | undefined;
  /** That of the config; the mode of the next start. */
  initialSync: InitialSync | undefined;
  downloadOnInitialSync: boolean | undefined;
  /** See besideOf. */
  helperImage: string | undefined;
  /** What says that they are synced: `dev.sync[0]`, `the flags`, the command of before. */
  from: string;
  stateDir: string;
  /** What a run keeps of it. */
  record: SyncRecord | undefined;
  /** Name of the record's and the ancestor's file. */
  key: string | undefined;
  /** Finds the container. Throws as waitForTarget. */
  find(kube: Kube): Promise<Target>;
}

/**
 * What the command is about: the folders that flags name, else the entries of dev.sync of the project, else what was synced from this folder before.
 * `--local-path` alone chooses among them. Throws SYNC_NONE_HERE, and the failures of a wrong config.
 */
export async function subjectsOf(invocation: Invocation): Promise<Subject[]> {
  const { flags } = invocation;
  const isNamed = ['pod', 'container', 'labelSelector', 'containerPath'].some(
    (name) => flags[name] !== undefined,
  );
  if (isNamed || flags.pick === true) return [await subjectOfFlags(invocation)];
  const wanted = await localPathOf(invocation);
  const fits = ({ localRoot }: Subject) => wanted === undefined || localRoot === wanted;
  const ofProject = (await subjectsOfProject(invocation)).filter(fits);
  const subjects = ofProject.length > 0 ? ofProject : (await subjectsOfRecords(invocation)).filter(fits);
  if (subjects.length > 0) return subjects;
  throw new Failure({
    code: 'SYNC_NONE_HERE',
    message: `Nothing says what ${wanted ?? invocation.cwd} is synced with`,
    subject: wanted ?? invocation.cwd,
    hint: 'name it: --local-path FOLDER --container-path FOLDER --pod NAME',
  });
}

async function subjectOfFlags(invocation: Invocation): Promise<Subject> {
  const { cwd, flags, signal } = invocation;
  const localRoot = (await localPathOf(invocation)) ?? cwd;
  const containerPath = (flags.containerPath as string | undefined) ?? '.';
  return {
    localRoot,
    containerPath,
    sources: { excludePaths: flags.exclude as string[] },
    ...settingsOf(undefined),
    from: 'the flags',
    ...remembered(localRoot, containerPath, await findSyncs(localRoot)),
    find: async (kube) => {
      const { container, namespace, pod } = await pickTarget(
        kube,
        invocation,
        'Which container do you mean?',
      );
      return waitForTarget(kube, { namespace, pod, container }, { timeoutMs: timeoutOf(invocation), signal });
    },
  };
}

async function subjectsOfProject(invocation: Invocation): Promise<Subject[]> {
  const { emit, signal } = invocation;
  let project;
  try {
    // Where the config is need not be said here.
    project = await openProject({ ...invocation, emit: (event) => event.type !== 'note' && emit(event) }, [
      'dev',
    ]);
  } catch (error) {
    if (isFailure(error, 'CONFIG_NOT_FOUND')) return [];
    throw error;
  }
  const { config, profile, root } = project;
  const recorded = await findSyncs(root);
  const subjects: Subject[] = [];
  const entries = config.dev?.sync ?? [];
  const selectors = new Set(entries.map(selectorKeyOf));
  for (const [index, entry] of entries.entries()) {
    const path = resolve(root, entry.localSubPath ?? '.');
    const localRoot = await realpath(path).catch(() => path);
    const containerPath = entry.containerPath ?? '.';
    const mine = selectorKeyOf(entry);
    // What another entry with these folders has recorded is not this one's; what `devspace sync` has, may be.
    const ofOthers = new Set([...selectors].filter((selector) => selector !== mine));
    const known = remembered(
      localRoot,
      containerPath,
      recorded.filter(({ record }) => !ofOthers.has(record.settings?.selector ?? '')),
    );
    subjects.push({
      localRoot,
      containerPath,
      sources: entry,
      direction: directionOf(entry),
      initialSync: entry.initialSync,
      downloadOnInitialSync: entry.downloadOnInitialSync,
      helperImage: entry.helperImage,
      from: `dev.sync[${index}]`,
      ...known,
      stateDir: syncStateFolder(root),
      find: async (kube) => {
        const options = { timeoutMs: timeoutOf(invocation), signal };
        const { container, namespace, pod } = known.record ?? {};
        // Of several pods that fit, the one that is synced, wherever the run has been told to look for it.
        if (known.isRunning && pod !== undefined)
          return waitForTarget(kube, { namespace, pod, container }, options);
        const { images, ...rest } = selectorFor(entry, await refsOf(root, profile));
        return waitForTarget(kube, { ...rest, image: images }, options);
      },
    });
  }
  return subjects;
}

async function subjectsOfRecords(invocation: Invocation): Promise<Subject[]> {
  const { signal } = invocation;
  const subjects: Subject[] = [];
  const found = worthShowing(await syncsHere(invocation));
  // One that never got so far as to remember anything, such as with a folder that was mistyped, is asked about only when there is no other.
  const reached = found.filter(
    ({ file, record }) => record.state !== 'failed' || existsSync(ancestorOf(dirname(file), keyOf(file))),
  );
  for (const sync of reached.length > 0 ? reached : found) {
    const { container, containerPath, local, namespace, patterns, pod } = sync.record;
    const find = (kube: Kube) =>
      waitForTarget(kube, { namespace, pod, container }, { timeoutMs: timeoutOf(invocation), signal });
    const known = rememberedOf(sync, local);
    subjects.push({
      localRoot: local,
      containerPath,
      sources: patterns,
      ...settingsOf(sync.record),
      from: `devspace ${sync.record.command}`,
      ...known,
      find,
    });
  }
  return subjects;
}

/** How a sync of before was configured. */
function settingsOf(record: SyncRecord | undefined) {
  const { direction, helperImage, initialSync } = record?.settings ?? {};
  return {
    direction,
    helperImage,
    initialSync: initialSyncs.find((one) => one === initialSync),
    downloadOnInitialSync: undefined,
  };
}

/** What is kept of the sync of these folders; of several, of the one that runs. Of replicas the source counts. */
function remembered(localRoot: string, containerPath: string, found: readonly FoundSync[]) {
  const fitting = found.filter(
    ({ record }) =>
      record.local === localRoot && record.containerPath === containerPath && record.isReplica !== true,
  );
  return rememberedOf(fitting.find(({ running }) => running) ?? fitting[0], localRoot);
}

function rememberedOf(sync: FoundSync | undefined, localRoot: string) {
  return {
    record: sync?.record,
    key: sync && keyOf(sync.file),
    isRunning: sync?.running === true,
    stateDir: sync ? resolve(sync.file, '..') : syncStateFolder(localRoot),
  };
}

async function refsOf(root: string, profile: string): Promise<ImageRefs> {
  const { images } = await openState(root, { profile });
  return new Map(
    Object.entries(images).flatMap(([name, { imageName, tag }]) =>
      imageName === undefined || tag === undefined ? [] : [[name, `${imageName}:${tag}`]],
    ),
  );
}

const timeoutOf = ({ flags }: Invocation): number => numberFlag('--timeout', flags.timeout) * 1000;
