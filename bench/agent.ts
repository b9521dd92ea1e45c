import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SightingBook } from './sightings.js';

/** `folders` folders with `files` files in all, each of so many bytes; with `every`, only each so manieth of them is meant. */
export interface TreeShape {
  readonly dir: string;
  readonly folders: number;
  readonly files: number;
  readonly bytes: number;
  readonly every?: number;
}

/** What agent.mjs can do; see there. */
export type AgentRequest =
  | { act: 'ping' }
  | { act: 'mkdir'; dir: string }
  | { act: 'watch'; dir: string }
  | { act: 'write'; path: string; content: string }
  | ({ act: 'writeTree' } & TreeShape)
  | ({ act: 'awaitTree' } & TreeShape)
  | { act: 'writeBig'; path: string; bytes: number; zeroAt: number }
  | { act: 'move'; from: string; to: string }
  | { act: 'edit'; path: string; offset: number; byte: number }
  | { act: 'awaitFile'; path: string; bytes: number; offset?: number; byte?: number };

export interface UsageRequest {
  readonly below?: number;
  readonly pattern?: string;
  readonly except?: string;
  readonly without?: readonly number[];
}

export interface Usage {
  readonly cpuNs: number;
  readonly waits: number;
  readonly rssKiB: number;
  readonly peakKiB: number;
  readonly pids: readonly number[];
}

/** A program that writes, watches and looks on one side of a sync, so that no tool under test carries its words. */
export interface Agent extends AsyncDisposable {
  /** Resolves when it is done. */
  ask(request: AgentRequest, withinMs?: number): Promise<void>;
  usage(request: UsageRequest): Promise<Usage>;
  /** Resolves when it has seen the file of that token complete. */
  seen(token: string): Promise<void>;
}

export interface AgentPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** In the container, over one exec of kubectl's. */
export function startAgentIn({ container, namespace, pod }: AgentPlace): Promise<Agent> {
  const command = ['node', '/agent.mjs'];
  return startAgent([
    'kubectl',
    '--namespace',
    namespace,
    'exec',
    '-i',
    pod,
    '-c',
    container,
    '--',
    ...command,
  ]);
}

export function startAgentHere(): Promise<Agent> {
  return startAgent([process.execPath, fileURLToPath(new URL('./agent/agent.mjs', import.meta.url))]);
}

async function startAgent([program = '', ...args]: readonly string[]): Promise<Agent> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve, reject) =>
    child.on('exit', () => resolve()).on('error', reject),
  );
  exited.catch(() => undefined);
  const sightings = new SightingBook();
  const answers = new SightingBook();
  const errors = new Map<string, string>();
  const results = new Map<string, unknown>();
  let next = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { error, id, result, seen } = JSON.parse(line) as {
      id?: number;
      seen?: string;
      error?: string;
      result?: unknown;
    };
    if (seen !== undefined) sightings.add(seen);
    if (id === undefined) return;
    if (error !== undefined) errors.set(String(id), error);
    if (result !== undefined) results.set(String(id), result);
    answers.add(String(id));
  });

  const ask = async (act: string, details: object, withinMs?: number): Promise<unknown> => {
    const id = next++;
    child.stdin.write(`${JSON.stringify({ id, act, ...details })}\n`);
    await answers.wait(String(id), withinMs).catch((error: unknown) => {
      throw new Error(`agent: ${act} ${JSON.stringify(details)}: ${String(error)}`);
    });
    const error = errors.get(String(id));
    if (error !== undefined) throw new Error(`agent could not ${act}: ${error}`);
    return results.get(String(id));
  };
  const agent: Agent = {
    ask: async ({ act, ...details }, withinMs) => void (await ask(act, details, withinMs)),
    usage: async (request) => (await ask('usage', request)) as Usage,
    seen: (token) => sightings.wait(token),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited.finally(() => clearTimeout(timer));
    },
  };
  await agent.ask({ act: 'ping' });
  return agent;
}
