import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { SightingBook } from './sightings.js';

/** What agent.mjs can do; see there. */
export type AgentRequest =
  | { act: 'ping' }
  | { act: 'mkdir'; dir: string }
  | { act: 'watch'; dir: string }
  | { act: 'write'; path: string; content: string }
  | { act: 'awaitTree'; dir: string; count: number; bytes: number };

/** The program in the container that writes and watches there, over one exec of kubectl's, so that no tool under test carries its words. */
export interface Agent extends AsyncDisposable {
  /** Resolves when it is done. */
  ask(request: AgentRequest, withinMs?: number): Promise<void>;
  /** Resolves when it has seen the file of that token complete. */
  seen(token: string): Promise<void>;
}

export interface AgentPlace {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export async function startAgent({ container, namespace, pod }: AgentPlace): Promise<Agent> {
  const child = spawn(
    'kubectl',
    ['--namespace', namespace, 'exec', '-i', pod, '-c', container, '--', 'node', '/agent.mjs'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const exited = new Promise<void>((resolve, reject) =>
    child.on('exit', () => resolve()).on('error', reject),
  );
  exited.catch(() => undefined);
  const sightings = new SightingBook();
  const answers = new SightingBook();
  const errors = new Map<string, string>();
  let next = 0;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { error, id, seen } = JSON.parse(line) as { id?: number; seen?: string; error?: string };
    if (seen !== undefined) sightings.add(seen);
    if (id !== undefined && error !== undefined) errors.set(String(id), error);
    if (id !== undefined) answers.add(String(id));
  });

  const agent: Agent = {
    async ask({ act, ...details }, withinMs) {
      const id = next++;
      child.stdin.write(`${JSON.stringify({ id, act, ...details })}\n`);
      await answers.wait(String(id), withinMs);
      const error = errors.get(String(id));
      if (error !== undefined) throw new Error(`agent could not ${act}: ${error}`);
    },
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
