import { join } from 'node:path';
import { Failure, messageOf } from '../../base/failure.js';
import { openExec } from '../../kube/exec/exec.js';
import type { Kube } from '../../kube/kube.js';
import type { Target } from '../../kube/select/select.js';
import { splitLines } from '../../proc/lines.js';
import { run } from '../../proc/run.js';
import type { Emit } from '../../report/events.js';
import type { Batch } from '../../sync/merge/batches.js';
import { onceOnly } from '../run/once.js';
import { restartProcess } from './restart-process.js';
import {
  mergeBatches,
  planDownload,
  planOnce,
  planUpload,
  type DownloadHooks,
  type HookStep,
  type UploadHooks,
} from './sync-hooks-plan.js';

export interface SyncHooksOptions {
  onUpload?: UploadHooks | undefined;
  onDownload?: DownloadHooks | undefined;
  localRoot: string;
  stateDir: string;
  emit: Emit;
  signal: AbortSignal;
  /** Called when a command failed that must not. */
  fail: (failure: Failure) => void;
}

/** Where the commands of a session run. */
export interface HookTarget extends Pick<Target, 'namespace' | 'pod' | 'container' | 'uid' | 'containerId'> {
  /** Absolute. */
  remoteRoot: string;
}

/** Runs the commands of onUpload and onDownload, one at a time. What comes while one runs is taken together afterwards. */
export interface SyncHooks {
  /** The container from now on. */
  use(target: HookTarget): void;
  /** Takes note of a batch and returns at once: a long command does not hold up the sync. */
  batch(batch: Batch): void;
  /** The first sync with this container is through: runs what runs once. */
  firstSyncDone(): void;
  /** Resolves when nothing is left to run. Never rejects. */
  idle(): Promise<void>;
}

const KEPT_LINES = 20;

/** See {@link SyncHooks}; ends with the signal. A command that fails is a warning, or `fail` with SYNC_HOOK_FAILED. */
export function syncHooks(kube: Kube, options: SyncHooksOptions): SyncHooks {
  const { onUpload = {}, onDownload = {}, localRoot, emit, signal, stateDir } = options;
  let target: HookTarget | undefined;
  let pending: Batch[] = [];
  let running: Promise<void> = Promise.resolve();
  let scheduled = false;

  /** True when all went well. */
  const execute = async (steps: readonly HookStep[]): Promise<boolean> => {
    const container = target;
    let isFine = container !== undefined;
    if (container === undefined) return isFine;
    for (const step of steps) {
      if (signal.aborted) return false;
      const name = step.do === 'restart' ? 'the restart of its process' : step.name;
      try {
        if (step.do === 'restart') await restartProcess(kube, container, emit, signal);
        else await runStep(kube, container, step, options);
      } catch (error) {
        isFine = false;
        if (signal.aborted) break;
        const failure = hookFailure(name, container, error);
        if (step.do === 'run' && step.failOnError) {
          options.fail(failure);
          break;
        }
        const { code, message, details, hint } = failure;
        emit({ type: 'warning', code, text: message, details, ...(hint ? { hint } : {}) });
      }
    }
    return isFine;
  };
  const enqueue = (work: () => Promise<void>): void => {
    running = running.then(work).catch((error: unknown) => options.fail(bug(error)));
  };
  const drain = async (): Promise<void> => {
    scheduled = false;
    const batches = pending;
    pending = [];
    const down = mergeBatches(batches, 'down');
    const up = mergeBatches(batches, 'up');
    await execute(planDownload(onDownload, down, (path) => join(localRoot, path)));
    await execute(planUpload(onUpload, up, target?.remoteRoot ?? '/'));
  };
  return {
    use: (next) => (target = next),
    batch(batch) {
      pending.push(batch);
      if (scheduled) return;
      scheduled = true;
      enqueue(drain);
    },
    firstSyncDone() {
      const steps = planOnce(onUpload);
      const of = target;
      if (steps.length === 0 || of === undefined) return;
      enqueue(async () => {
        for (const step of steps) {
          const key = [of.uid, of.containerId, localRoot, JSON.stringify(step)].join(' ');
          await onceOnly(stateDir, key, () => execute([step]));
        }
      });
    },
    idle: () => running,
  };
}

async function runStep(
  kube: Kube,
  container: HookTarget,
  step: HookStep & { do: 'run' },
  { emit, localRoot, signal }: SyncHooksOptions,
): Promise<void> {
  const { argv, because, forPath, name, where } = step;
  const place = where === 'here' ? 'here' : `in pod ${container.pod}`;
  if (!forPath) {
    const why = because === undefined ? '' : `, because ${because} changed`;
    emit({ type: 'note', level: 'info', text: `Running ${name} ${place}${why}` });
  }
  const onLine = (line: string): void => {
    if (!forPath) emit({ type: 'output', from: name, line });
  };
  const [command, ...args] = argv;
  const { exitCode, tail } =
    where === 'here'
      ? await run(command, args, {
          cwd: localRoot,
          signal,
          onStdout: onLine,
          onStderr: onLine,
          tail: KEPT_LINES,
        })
      : await runThere(kube, container, argv, onLine, signal);
  if (exitCode !== 0) throw new HookExit(exitCode, tail);
}

async function runThere(
  kube: Kube,
  { namespace, pod, container }: HookTarget,
  command: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<{ exitCode: number; tail: string[] }> {
  const tail: string[] = [];
  await using stream = await openExec(kube, { namespace, pod, container, command, stdin: false }, signal);
  const follow = async (output: AsyncIterable<Buffer>): Promise<void> => {
    const lines = splitLines((line) => {
      if (tail.push(line) > KEPT_LINES) tail.shift();
      onLine(line);
    });
    for await (const chunk of output) lines.write(chunk);
    lines.end();
  };
  const [exitCode] = await Promise.all([stream.exit, follow(stream.stdout), follow(stream.stderr)]);
  return { exitCode, tail };
}

class HookExit extends Error {
  readonly tail: readonly string[];

  constructor(exitCode: number, tail: readonly string[]) {
    super(`it ended with exit code ${exitCode}`);
    this.tail = tail;
  }
}

function hookFailure(name: string, { pod }: HookTarget, cause: unknown): Failure {
  if (cause instanceof Failure && cause.code.startsWith('SYNC_')) return cause;
  return new Failure({
    code: 'SYNC_HOOK_FAILED',
    message: `${name} failed after a sync with pod ${pod}: ${messageOf(cause)}`,
    subject: name,
    details: cause instanceof HookExit ? cause.tail : [],
    hint: 'mend the command under onUpload or onDownload of dev.sync in devspace.yaml',
    cause,
  });
}

const bug = (cause: unknown): Failure =>
  new Failure({
    code: 'SYNC_HOOK_FAILED',
    message: `the commands after a sync failed: ${messageOf(cause)}`,
    cause,
  });
