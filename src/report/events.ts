/**
 * Everything a run tells. Producers emit these; only reporters turn them into text, so plain, live and JSON output say the same.
 * Texts are complete sentences without colour, without trailing newline, with secrets already masked.
 */
export type Event =
  | { type: 'stage'; stage: Stage; state: 'started' | 'finished'; ms?: number }
  | { type: 'note'; level: 'info' | 'done' | 'warn'; text: string }
  | { type: 'waiting'; id: string; text: string }
  | { type: 'waited'; id: string }
  | {
      type: 'warning';
      code: string;
      text: string;
      subject?: string;
      hint?: string;
      details?: readonly string[];
    }
  | {
      type: 'image';
      image: string;
      ref?: string;
      state: 'skipped' | 'building' | 'pushing' | 'built';
      reason?: string;
      ms?: number;
    }
  | { type: 'output'; from: string; line: string }
  | {
      type: 'deployment';
      name: string;
      tool: string;
      state: 'deploying' | 'deployed' | 'purging' | 'purged';
      ms?: number;
    }
  /** `reverse`: from the pod to here. */
  | {
      type: 'forward';
      state: 'started' | 'stopped';
      pod: string;
      mappings: readonly string[];
      reverse?: boolean;
    }
  | {
      type: 'sync';
      /** `reconnecting` and `failed` tell why (and when the next attempt is); people read that in a warning or at the end. */
      state: 'connecting' | 'started' | 'initial-done' | 'reconnecting' | 'stopped' | 'failed';
      local: string;
      remote: string;
      namespace?: string;
      pod?: string;
      container?: string;
      up?: number;
      down?: number;
      ms?: number;
      code?: string;
      reason?: string;
      nextAttempt?: string;
      /** With `connecting`: the rules that hold from now on, exclude files included. */
      patterns?: {
        excludePaths?: readonly string[] | undefined;
        uploadExcludePaths?: readonly string[] | undefined;
        downloadExcludePaths?: readonly string[] | undefined;
      };
      /** One session takes the place of another, such as with other rules: nothing to tell people. */
      quiet?: boolean;
    }
  | {
      type: 'sync-change';
      direction: 'up' | 'down';
      action: 'create' | 'update' | 'remove';
      path: string;
      size?: number;
    }
  | { type: 'sync-conflict'; path: string; kept: 'local' | 'remote'; savedAs: string }
  /** Why a path is not synced, and that it is no matter any more. Every one; of many, people are warned of the first only. */
  | { type: 'sync-problem'; path: string; state: 'found' | 'cleared'; code?: string; text?: string }
  /** How many paths are being worked on, the size of the files among them, and how much of the large ones was sent. Not more often than every half second. */
  | { type: 'sync-pending'; paths: number; bytes: number; moved: number }
  /** How a part of a dev run is, each time that changes. `name` tells apart several of a kind. */
  | ({ type: 'service' } & ServiceStatus)
  /** The dev run as a whole; `recoveredMs`: all works again, so long after something stopped to. `text`: what works, for a line on the screen. */
  | {
      type: 'run';
      state: 'running' | 'recovering' | 'stopping' | 'stopped';
      recoveredMs?: number;
      text?: string;
    }
  /** What a container has printed. Programs read it as an event; inside it goes through a {@link LogSink}, for it can come without end. */
  | { type: 'log'; prefix: string; line: string }
  | { type: 'open'; url: string; state: 'waiting' | 'opened' | 'gave-up' }
  /** `terminal`: the run ends with its terminal. */
  | { type: 'ready'; ms: number; terminal?: boolean }
  /** Last of a run that failed. Reporters for people leave it out: the failure itself is printed when everything is closed. */
  | { type: 'failed'; code: string; text: string; details: readonly string[]; hint?: string };

/** The network is the way to the API server, a target a container that others work with. */
export type ServiceKind = 'network' | 'target' | 'sync' | 'ports' | 'logs' | 'terminal';

export interface ServiceStatus {
  service: ServiceKind;
  name: string;
  /** `waiting`: it does not work now and goes on by itself; `ended`: as it was meant to. */
  state: 'starting' | 'working' | 'waiting' | 'ended' | 'failed';
  /** Why it is not working. */
  code?: string | undefined;
  reason?: string | undefined;
  /** ISO text; without it the next attempt waits for something to happen. */
  nextAttempt?: string | undefined;
  namespace?: string | undefined;
  pod?: string | undefined;
  container?: string | undefined;
}

export type Stage = 'config' | 'cluster' | 'images' | 'deployments' | 'ports' | 'sync' | 'open' | 'logs';

export type Emit = (event: Event) => void;

/** Takes what containers print. */
export interface LogSink {
  /**
   * Writes whole lines with their line ends, byte for byte as they came; only of a very long line (and of a last one) the end may be missing. The
   * prefix goes before each line. Given a promise, wait for it before the next call: whoever reads the output is slower. It never rejects, and
   * may never resolve.
   */
  write(prefix: string, text: Buffer): Promise<void> | undefined;
}

/** Turns events into output. `close` writes out what is pending and restores the terminal. */
export interface Reporter {
  readonly handle: Emit;
  readonly log: LogSink;
  close(): void;
}
