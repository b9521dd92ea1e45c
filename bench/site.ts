import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Closing } from '../src/base/closing.js';
import type { SyncSubject } from './subject.js';
import { type Agent, type AgentPlace, startAgentHere } from './agent.js';

/** The two ends of a sync under test, with an agent at each. All subjects sync there, each in folders of its own. */
export interface Site extends AsyncDisposable {
  /** How the sync gets from one end to the other. */
  readonly name: 'pipes' | 'cluster';
  readonly here: Agent;
  readonly there: Agent;
  /** Folder at the far end in which the roots are made. */
  readonly remoteBase: string;
  /** Where the far end is, in the cluster. */
  readonly place?: AgentPlace | undefined;
}

/** A site and who takes part there: ours first. */
export interface Ground {
  readonly site: Site;
  readonly subjects: readonly SyncSubject[];
}

/** Both ends on this machine. */
export async function startPipeSite(): Promise<Site> {
  const closing = new Closing();
  try {
    const remoteBase = makeTemporary('remote');
    closing.defer(() => rmSync(remoteBase, { recursive: true, force: true }));
    const here = closing.use(await startAgentHere());
    const there = closing.use(await startAgentHere());
    return {
      name: 'pipes',
      here,
      there,
      remoteBase,
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

/** A fresh folder on this machine; the caller removes it. */
export function makeTemporary(what: string): string {
  return realpathSync(mkdtempSync(join(tmpdir(), `devspace-bench-${what}-`)));
}
