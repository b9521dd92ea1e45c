import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Closing } from '../../src/base/closing.js';
import { startAgent } from './agent.js';
import { bundle } from './bundle.js';
import { diskFaults, helperFaults, processFaults } from './faults.js';
import { mountSmallDisk, withoutRootsRights } from './privileges.js';
import { between } from './random.js';
import type { LineOrder, SessionOrder } from './session-process.js';
import { SyncProcess } from './sync-process.js';
import type { Fault, World } from './world.js';

export interface PipesOptions {
  /** What the sync is started with. */
  through?: readonly string[];
}

export interface PipesWorld extends World {
  readonly roots: { local: string; remote: string };
  /** Whether the disks can be filled. */
  readonly canFill: boolean;
}

/** Two folders of this machine and sessions over local pipes, with the helper in `helperDir`. */
export async function pipesWorld(helperDir: string, options: PipesOptions = {}): Promise<PipesWorld> {
  const closing = new Closing();
  try {
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'devspace-torture-')));
    closing.defer(() => rmSync(base, { recursive: true, force: true }));
    const program = { agent: join(base, 'agent.mjs'), session: join(base, 'session.mjs') };
    writeFileSync(program.agent, await bundle('actor/agent.ts'));
    writeFileSync(program.session, await bundle('session-process.ts'));
    const sides = { local: join(base, 'local'), remote: join(base, 'remote') };
    const temporary = join(base, 'tmp');
    for (const directory of [sides.local, sides.remote, temporary]) mkdirSync(directory);
    const canFill = Object.values(sides).every((directory) => mountSmallDisk(directory, closing));
    const roots = { local: join(sides.local, 'tree'), remote: join(sides.remote, 'tree') };

    const through = options.through ?? withoutRootsRights();
    let generation = 0;
    const command = () => {
      const order: SessionOrder = {
        helperDir,
        local: roots.local,
        remote: roots.remote,
        temporary,
        identity: `container ${generation}`,
        stateDir: join(base, 'state'),
      };
      const argv = [...through, process.execPath, program.session, JSON.stringify(order)];
      return { argv, cwd: base };
    };
    const start = (side: 'local' | 'remote') => startAgent([process.execPath, program.agent, roots[side]]);
    const agents = { local: closing.use(await start('local')), remote: closing.use(await start('remote')) };
    const sync = closing.use(new SyncProcess(command));
    const say = (order: LineOrder) => sync.say(order);
    const remote = () => agents.remote.ask;
    const line: Fault[] = [
      { name: 'connection cut', weight: 3, run: async () => say({ cut: 0 }) },
      {
        name: 'connection cut in a frame',
        weight: 5,
        run: async (next) => say({ cut: between(next, 1, next() < 0.5 ? 500 : 300_000) }),
      },
      {
        name: 'connection silent for a while',
        weight: 3,
        run: async (next) => {
          const ms = between(next, 100, 2000);
          say({ hold: ms });
          await pause(ms);
        },
      },
    ];
    const replaced: Fault = {
      name: 'container replaced by an empty one',
      weight: 1,
      most: 5,
      alone: true,
      run: async (_, lostRemote) => {
        await sync.end('SIGKILL');
        for (const name of readdirSync(roots.remote)) rmSync(join(roots.remote, name), { recursive: true });
        await lostRemote();
        generation++;
        sync.start();
        await sync.ready();
      },
    };
    return {
      roots,
      canFill,
      sync,
      agent: (side) => agents[side],
      faults: [
        ...line,
        replaced,
        ...processFaults(() => sync),
        ...helperFaults(remote, `${temporary}/.devspace-`),
        ...diskFaults('local', () => agents.local.ask, canFill),
        ...diskFaults('remote', remote, canFill),
      ],
      [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
    };
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}
