// One sync session after another over pipes, as a process that can be killed: events as JSON lines on stdout, what to do to the line on stdin.
import { createInterface } from 'node:readline';
import { isFailure } from '../../src/base/failure.js';
import type { Event } from '../../src/report/events.js';
import { startSync } from '../../src/sync/session.js';
import { faultyLine } from './faulty-stream.js';

export interface SessionOrder {
  helperDir: string;
  local: string;
  remote: string;
  /** TMPDIR in the "container". */
  temporary: string;
  identity: string;
  stateDir: string;
}

export type LineOrder = { cut: number } | { hold: number };

const order = JSON.parse(process.argv[2] ?? '{}') as SessionOrder;
const line = faultyLine(order.remote, { TMPDIR: order.temporary });
const stop = new AbortController();
const emit = (event: Event) => void process.stdout.write(`${JSON.stringify(event)}\n`);
process.on('SIGINT', () => stop.abort());

createInterface({ input: process.stdin }).on('line', (text) => {
  const wish = JSON.parse(text) as LineOrder;
  if ('cut' in wish) return line.cut(wish.cut);
  line.hold();
  setTimeout(() => line.release(), wish.hold);
});

/** What a new session may heal. */
const passing = new Set(['SYNC_STREAM_LOST', 'STREAM_LOST']);
try {
  while (!stop.signal.aborted) {
    try {
      await using session = await startSync({
        open: line.open,
        helperDir: order.helperDir,
        localRoot: order.local,
        remoteRoot: order.remote,
        remoteIdentity: order.identity,
        stateDir: order.stateDir,
        name: 'torture',
        emit,
        signal: stop.signal,
      });
      await session.done;
    } catch (error) {
      if (stop.signal.aborted) break;
      if (!isFailure(error) || !passing.has(error.code)) throw error;
      emit({ type: 'warning', code: error.code, text: error.message });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
} catch (error) {
  process.stderr.write(
    `error ${isFailure(error) ? `${error.code}: ${error.message}` : String((error as Error).stack)}\n`,
  );
  process.exitCode = 1;
}
process.stdin.destroy();
