import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Acts } from './actor/agent.js';

export type Ask = <A extends keyof Acts>(
  act: A,
  ...details: Parameters<Acts[A]>
) => Promise<Awaited<ReturnType<Acts[A]>>>;

/** The user of one side: a process of its own, here or in the container, that does what it is asked for. */
export interface Agent extends AsyncDisposable {
  /** Rejects when the agent could not do it, or has ended. */
  readonly ask: Ask;
}

/** Starts the bundled actor/agent.ts; `command` gets its text on stdin first when `send` is given. */
export async function startAgent(command: readonly string[], send?: Buffer): Promise<Agent> {
  const child = spawn(command[0] as string, command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  if (send) child.stdin.write(send);
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let count = 0;
  let ended = false;
  const exited = new Promise<void>((resolve) => {
    child.on('close', () => {
      ended = true;
      for (const { reject } of waiting.values()) reject(new Error('the agent has ended'));
      resolve();
    });
    child.on('error', () => resolve());
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { error, id, value } = JSON.parse(line) as { id: number; value: never; error?: string };
    if (error === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  const agent: Agent = {
    ask: (act, ...details) =>
      new Promise((resolve, reject) => {
        if (ended) return reject(new Error('the agent has ended'));
        const id = count++;
        waiting.set(id, { resolve, reject });
        child.stdin.write(`${JSON.stringify({ id, act, details: details[0] })}\n`);
      }),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
      await exited.finally(() => clearTimeout(timer));
    },
  };
  await agent.ask('ping');
  return agent;
}
