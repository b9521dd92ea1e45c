import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Event } from '../../src/report/events.js';
import { until } from '../rig/until.js';

export interface SyncCommand {
  argv: readonly string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

/** A sync as a process that tells its events as JSON lines; it can be stopped, frozen, killed and started again. */
export class SyncProcess implements AsyncDisposable {
  readonly #command: () => SyncCommand;
  #child: ChildProcessWithoutNullStreams | undefined;
  #exited: Promise<void> = Promise.resolve();
  #through = false;
  #wanted = false;
  /** The last lines of all output, with what happened to the process between them. */
  readonly log: string[] = [];
  /** What it said when it ended although nobody had asked it to. */
  readonly ends: string[] = [];
  readonly warnings = new Map<string, number>();

  /** Asked anew for each start. */
  constructor(command: () => SyncCommand) {
    this.#command = command;
  }

  /** Of the running process. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  start(): void {
    const { argv, cwd, env } = this.#command();
    this.#wanted = true;
    this.#through = false;
    const child = spawn(argv[0] as string, argv.slice(1), {
      cwd,
      env: { ...process.env, ...env },
      stdio: 'pipe',
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    const errors: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => this.#line(line));
    createInterface({ input: child.stderr }).on('line', (line) => {
      errors.push(line);
      this.#note(line);
    });
    this.#exited = new Promise((resolve) =>
      child.on('close', (code, signal) => {
        if (this.#child === child) this.#child = undefined;
        this.#note(`(ended with ${signal ?? code})`);
        if (this.#wanted) {
          this.ends.push(errors.slice(-6).join(' / ') || `ended with ${signal ?? code}`);
          setTimeout(() => this.#wanted && this.start(), 300);
        }
        resolve();
      }),
    );
  }

  /** Resolves when the first merge since the last start is through. */
  async ready(ms = 60_000): Promise<void> {
    await until('the sync to be through', () => this.#through, ms);
  }

  /** What was through does not count any more: `ready` waits for the next time. */
  expectNew(): void {
    this.#through = false;
  }

  /** One line to its stdin. */
  say(words: object): void {
    this.#child?.stdin.write(`${JSON.stringify(words)}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends it with a signal. */
  async end(signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
    this.#wanted = false;
    if (!this.#child) return;
    this.#note(`(${signal})`);
    this.#child.kill(signal);
    const timer = setTimeout(() => {
      this.ends.push(`it did not end within 15 s of ${signal}`);
      this.#child?.kill('SIGKILL');
    }, 15_000);
    await this.#exited.finally(() => clearTimeout(timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL');
  }

  #line(line: string): void {
    this.#note(line);
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as Event;
    if (event.type === 'sync' && event.state === 'started') this.#through = false;
    if (event.type === 'sync' && event.state === 'stopped') this.#through = false;
    if (event.type === 'sync' && event.state === 'initial-done') this.#through = true;
    if (event.type === 'warning') this.warnings.set(event.code, (this.warnings.get(event.code) ?? 0) + 1);
  }

  #note(line: string): void {
    this.log.push(`${new Date().toISOString().slice(11, 23)} ${line}`);
    if (this.log.length > 6000) this.log.splice(0, 2000);
  }
}
