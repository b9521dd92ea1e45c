import type { ProcessStream } from '../../base/process-stream.js';
import type { PingOptions } from '../websocket/channel.js';

/** A command in a container. See ProcessStream for the contract; what is added here: */
export interface ExecStream extends ProcessStream {
  /**
   * Whether ending `stdin` reaches the command. Over a WebSocket servers before 1.30 (protocol v4) have no end of input: ending `stdin` then changes
   * nothing over there, and a command that reads to the end waits for ever.
   */
  readonly canCloseStdin: boolean;
  /** Tells the remote terminal its size; ignored without `tty`. */
  resize(columns: number, rows: number): void;
}

export interface TerminalSize {
  columns: number;
  rows: number;
}

export interface RemoteProcessOptions {
  path: string;
  /** For messages: `sh in container "app" of pod ns/x`. */
  what: string;
  /** What a user types to have kubectl do the same, for hints. */
  kubectlWay: string;
  tty: boolean;
  size?: TerminalSize | undefined;
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  /** `stdin` will be ended, and the command must see that. */
  halfClose?: boolean | undefined;
  pings?: PingOptions | undefined;
  signal?: AbortSignal | undefined;
}
