import { type ClientMessage, openFlags, protocolVersion } from '../wire/messages.js';
import type { TokenBucket } from './token-bucket.js';

export interface RemoteOptions {
  root: string;
  excludePaths: readonly string[];
  /** True: the helper compares every 2 s instead of watching. */
  polling?: boolean | undefined;
  /** Limits for content. */
  up: TokenBucket;
  down: TokenBucket;
  /** False: what is there at the start is enough. */
  watch: boolean;
}

/** What opens the root. */
export const openMessage = ({ root, excludePaths, polling, watch }: RemoteOptions): ClientMessage => ({
  frame: 'OPEN',
  version: protocolVersion,
  root: root || '.',
  flags: !watch ? openFlags.noWatch : polling ? openFlags.poll : 0,
  exclude: excludePaths,
});
