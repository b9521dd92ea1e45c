import { Closing } from '../../base/closing.js';
import { Failure, isFailure } from '../../base/failure.js';
import { formatAge } from '../../base/format.js';
import type { Config } from '../../config/schema.js';
import { liveRuns, takeOver, type OtherRun } from '../../dev/run/other-runs.js';
import { leaseKey, RunLease } from '../../dev/run/run-lease.js';
import type { Kube } from '../../kube/kube.js';
import { takeRunLock, type RunLock } from '../../state/run-lock.js';
import { findRun, type RunIdentity } from '../../state/run-record.js';
import { canAsk } from '../ask.js';
import type { Invocation } from '../command.js';

/** The right to be the dev run of a folder, and of a project in a namespace. Disposing gives it back. */
export interface Claim extends AsyncDisposable {
  /** Aborts with DEV_TAKEN_OVER when another run takes over. */
  readonly signal: AbortSignal;
  /** It runs beside another one: what that has deployed stays as it is, and local ports may be taken. */
  readonly beside: boolean;
  /** Undefined where leases are not allowed, and as long as the namespace is not there. */
  readonly lease: RunLease | undefined;
  /** To be called when the namespace is there. */
  settle(): Promise<void>;
}

type Answer = 'take-over' | 'beside';

/**
 * Looks for another run of the same project, in this folder (without the cluster) and in the namespace, and settles with the flags or the user what
 * becomes of it. Throws DEV_RUNNING when nobody can say, and INTERRUPTED.
 */
export async function claimRun(
  invocation: Invocation,
  kube: Kube,
  config: Config,
  me: RunIdentity,
): Promise<Claim> {
  const { emit, flags, signal } = invocation;
  const taken = new AbortController();
  const closing = new Closing();
  const onTaken = (by: RunIdentity | undefined): void => taken.abort(takenOver(by));
  const claim = {
    signal: AbortSignal.any([signal, taken.signal]),
    beside: false,
    lease: undefined as RunLease | undefined,
  };
  const goBeside = (other: RunIdentity | undefined): void => {
    claim.beside = true;
    const who = other === undefined ? 'another run' : `the run of ${nameOf(other)}`;
    const text = `Beside ${who}: nothing is built or deployed, since that would replace what it works with`;
    emit({ type: 'note', level: 'info', text });
  };
  try {
    const lock = closing.use(await lockFolder(invocation, me));
    lock.onAsked(onTaken);
    const key = leaseKey(config);
    let isRefused = false;
    const hold = async (isFirst: boolean): Promise<void> => {
      try {
        for (const attempts = [1, 2, 3]; claim.lease === undefined && attempts.pop();) {
          const others = await liveRuns(kube, key, me, signal);
          const [other] = others;
          if (other && !claim.beside) {
            const answer = await decide(invocation, other.identity, other);
            if (answer === 'beside') goBeside(other.identity);
            else for (const one of others) await takeOver(kube, one, me, signal);
          }
          const holder = { key, me, beside: claim.beside, onTaken };
          claim.lease = await RunLease.hold(kube, holder, signal).catch((error: unknown) => {
            // Somebody else was faster: he is found by the next look.
            if (isFailure(error, 'KUBE_CONFLICT')) return undefined;
            throw error;
          });
        }
      } catch (error) {
        signal.throwIfAborted();
        if (!isFailure(error) || !error.code.startsWith('KUBE_')) throw error;
        isRefused = isFailure(error, 'KUBE_FORBIDDEN');
        // Without the namespace, or any answer: again when the namespace is there, or the run has ended for that reason.
        if (isFirst && !isRefused) return;
        // Two runs that do not know of each other are what everyone else has, too.
        const text = `Other runs of this project, on other machines or in other folders, cannot be found: ${error.message}`;
        emit({ type: 'warning', code: 'RUNS_UNKNOWN', text, ...(error.hint && { hint: error.hint }) });
        if (flags.beside === true && !claim.beside) goBeside(undefined);
      }
    };
    await hold(true);
    return Object.assign(claim, {
      settle: async () => {
        if (claim.lease === undefined && !isRefused) await hold(false);
      },
      async [Symbol.asyncDispose]() {
        await claim.lease?.[Symbol.asyncDispose]();
        await closing[Symbol.asyncDispose]();
      },
    });
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

async function lockFolder(invocation: Invocation, me: RunIdentity): Promise<RunLock> {
  const free = await takeRunLock(me.folder);
  if (free) return free;
  const other = (await findRun(me.folder))?.record ?? { ...me, pid: 0 };
  await decide(invocation, other);
  const lock = await takeRunLock(me.folder, me, invocation.signal);
  // With a question it either has the lock or throws.
  return lock!;
}

/** What becomes of another run. Only one that was found by its `lease` can be run beside: two runs of one folder would write the same files. */
async function decide(invocation: Invocation, other: RunIdentity, lease?: OtherRun): Promise<Answer> {
  const mayBeside = lease !== undefined;
  const { flags, signal, stderr } = invocation;
  if (flags.takeOver === true) return 'take-over';
  if (flags.beside === true && mayBeside) return 'beside';
  const age = formatAge(Date.now() - Date.parse(other.since));
  const where = `folder ${other.folder}, context ${other.context}, namespace ${other.namespace}, process ${other.pid}`;
  const running = new Failure({
    code: 'DEV_RUNNING',
    message: `${nameOf(other)} ${lease?.isDeaf ? 'cannot be asked, and probably runs' : 'runs'} devspace dev ${mayBeside ? 'for this project in this namespace' : 'in this folder'} since ${age} (${where})`,
    subject: other.folder,
    hint: `devspace dev --take-over (it ends there)${mayBeside ? ', or devspace dev --beside (on other local ports)' : ''}`,
  });
  if (!canAsk(invocation) || flags.output === 'json') throw running;
  const { createPromptModule } = (await import('inquirer')).default;
  const ask = createPromptModule({ output: stderr, signal });
  try {
    const { answer } = await ask<{ answer: Answer | 'stop' }>([
      {
        type: 'select',
        name: 'answer',
        message: `${running.message}. What do you want to do?`,
        default: 'stop',
        choices: [
          { value: 'stop', name: 'Nothing: stop here' },
          { value: 'take-over', name: 'Take over: it ends there' },
          ...(mayBeside
            ? [{ value: 'beside', name: 'Run beside it: on other local ports, nothing is deployed' }]
            : []),
        ],
      },
    ]);
    if (answer === 'stop') throw running;
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error) || error.name !== 'ExitPromptError') throw error;
    throw new Failure({ code: 'INTERRUPTED', message: 'stopped by Ctrl-C', exitCode: 130 });
  }
}

const nameOf = ({ host, user }: RunIdentity): string => `${user}@${host}`;

function takenOver(by: RunIdentity | undefined): Failure {
  const who =
    by === undefined ? 'Another run' : `${by.user}@${by.host} (folder ${by.folder}, process ${by.pid})`;
  return new Failure({
    code: 'DEV_TAKEN_OVER',
    message: `${who} has taken over, so this run has ended`,
    hint: 'devspace dev --take-over',
  });
}
