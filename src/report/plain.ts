import { formatBytes, formatMs } from '../base/format.js';
import { visible } from '../base/text-table.js';
import { conflictLines } from './conflict-lines.js';
import type { Event, Reporter } from './events.js';
import { bare, logOutput, prefixed } from './log-output.js';
import { prefixPainter, styleFor, wantsColour } from './style.js';
import { statusLine } from './status-line.js';
import { SyncProgress } from './sync-progress.js';
import { harmless } from './terminal-text.js';
import { isSameTerminal } from './terminal.js';

export interface Output {
  stdout: NodeJS.WritableStream & { isTTY?: boolean };
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  env: NodeJS.ProcessEnv;
}

/**
 * Events as lines: container logs to stdout (they are what was asked for), everything else to stderr. On a terminal what is being waited for
 * stands in one line at the bottom with its elapsed time; elsewhere it is printed once.
 */
export function plainReporter(output: Output, options: { verboseSync?: boolean } = {}): Reporter {
  const out = styleFor(wantsColour(output.stdout, output.env));
  const err = styleFor(wantsColour(output.stderr, output.env));
  const paint = prefixPainter(out);
  const messages = isSameTerminal(output.stdout, output.stderr) ? output.stdout : output.stderr;
  const status = statusLine(messages, output.env);
  const say = (mark: string, text: string) =>
    status.print(() => messages.write(`${mark} ${harmless(text)}\n`));
  const info = (text: string) => say(err.cyan('info'), text);
  const done = (text: string) => say(err.green('done'), text);

  const warn = (code: string, text: string, details: readonly string[] = [], hint?: string) => {
    say(err.yellow('warn'), `${text}${code === '' ? '' : err.dim(` (${code})`)}`);
    for (const line of details) say('    ', err.dim(line));
    if (hint !== undefined) say('    ', `hint: ${hint}`);
  };

  const conflicts = conflictLines(warn);
  const progress = new SyncProgress();
  const took = (ms: number | undefined) => (ms === undefined ? '' : err.dim(` in ${formatMs(ms)}`));

  const handle = (event: Event): void => {
    switch (event.type) {
      case 'stage':
      case 'failed':
      case 'sync-problem':
      case 'service':
      case 'log':
        return;
      case 'note':
        return event.level === 'warn'
          ? warn('', event.text)
          : event.level === 'done'
            ? done(event.text)
            : info(event.text);
      case 'waiting':
        if (!status.set(event.id, event.text))
          info(event.text.startsWith('for ') ? `waiting ${event.text}` : event.text);
        return;
      case 'waited':
        return status.clear(event.id);
      case 'warning':
        return warn(event.code, event.text, event.details, event.hint);
      case 'image':
        return image(event);
      case 'output':
        return say(err.dim(`[${event.from}]`), event.line);
      case 'deployment':
        return deployment(event);
      case 'forward':
        if (event.state === 'started')
          done(`Forwarding ${event.mappings.join(', ')} ${event.reverse ? 'from' : 'to'} pod ${event.pod}`);
        return;
      case 'sync':
        return sync(event);
      case 'sync-pending': {
        const shown = progress.text(event);
        if (shown === undefined) return status.clear('sync');
        if (!status.set('sync', shown.text) && shown.due) info(shown.text);
        return;
      }
      case 'sync-change':
        progress.count();
        if (options.verboseSync) {
          const arrow = event.direction === 'up' ? '->' : '<-';
          info(
            `sync ${arrow} ${event.action} ${visible(event.path)}${event.size === undefined ? '' : ` (${formatBytes(event.size)})`}`,
          );
        }
        return;
      case 'sync-conflict':
        return conflicts.add(event);
      case 'run':
        status.rest(event.text ?? '');
        if (event.recoveredMs !== undefined)
          done(`Everything works again after ${formatMs(event.recoveredMs)}`);
        return;
      case 'open':
        if (event.state === 'opened') done(`Opened ${event.url}`);
        if (event.state === 'gave-up')
          warn('OPEN_TIMEOUT', `${event.url} did not answer, the browser was not opened`);
        return;
      case 'ready':
        return done(
          `Ready${took(event.ms)}. ${event.terminal ? 'Leave the terminal' : 'Press Ctrl-C'} to stop.`,
        );
      default:
        return unreachable(event);
    }
  };

  const image = (event: Event & { type: 'image' }): void => {
    const name = event.image;
    if (event.state === 'skipped')
      return info(`Image ${name} is unchanged${event.ref ? ` (${event.ref})` : ''}`);
    if (event.state === 'building')
      return info(`Building image ${name}${event.reason ? ` (${event.reason})` : ''}`);
    if (event.state === 'pushing') return info(`Pushing image ${event.ref ?? name}`);
    return done(`Built image ${name}${event.ref ? ` as ${event.ref}` : ''}${took(event.ms)}`);
  };

  const deployment = (event: Event & { type: 'deployment' }): void => {
    if (event.state === 'deploying') return info(`Deploying ${event.name} with ${event.tool}`);
    if (event.state === 'deployed') return done(`Deployed ${event.name}${took(event.ms)}`);
    if (event.state === 'purging') return info(`Deleting ${event.name}`);
    return done(`Deleted ${event.name}${took(event.ms)}`);
  };

  const sync = (event: Event & { type: 'sync' }): void => {
    if (event.state !== 'started' && event.state !== 'connecting') {
      progress.text({ paths: 0, bytes: 0, moved: 0 });
      status.clear('sync');
    }
    if (event.quiet) return;
    const what = `${event.local} <-> ${event.remote}`;
    if (event.state === 'started') return info(`Syncing ${what}`);
    if (event.state === 'stopped') return info(`Stopped syncing ${what}`);
    if (event.state !== 'initial-done') return;
    return done(`In sync: ${what} (${event.up ?? 0} up, ${event.down ?? 0} down)${took(event.ms)}`);
  };

  const terminal = { terminal: output.stdout.isTTY === true };
  const log = logOutput(
    output.stdout,
    (prefix, text) => (prefix === '' ? bare(text, terminal) : prefixed(paint(prefix), text, terminal)),
    (write) => status.print(write),
  );

  const close = (): void => {
    conflicts.flush();
    status.close();
  };
  return { handle, log, close };
}

function unreachable(event: never): never {
  throw new Error(`no text for event ${JSON.stringify(event)}`);
}
