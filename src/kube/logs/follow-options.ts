import type { Failure } from '../../base/failure.js';
import type { LogOptions } from './logs.js';

export interface FollowOptions extends Omit<LogOptions, 'limitBytes' | 'previous'> {
  /** Told when the connection broke and the log will be resumed. */
  onLost?: ((failure: Failure) => void) | undefined;
  /** Told when the log is there, also when it is there again. */
  onConnected?: (() => void) | undefined;
  /** Told when the container has been started anew and its log goes on, and how it had ended: `exit code 1`. */
  onRestart?: ((end: string | undefined) => void) | undefined;
  /** Told, before what comes after them, that lines may be missing, and why. */
  onMissing?: ((text: string) => void) | undefined;
}
