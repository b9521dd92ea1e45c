import { parseArgs } from 'node:util';
import { isFailure } from '../../src/base/failure.js';
import { clusterDown, clusterStatus, clusterUp } from './index.js';
import { ownContext } from './own-cluster.js';
import { clusterLayout } from './paths.js';
import { formatSeconds } from './progress.js';
import { readDaemons } from './status.js';

const USAGE = `usage: npm run cluster up [-- --kubernetes <version>]
       npm run cluster down [-- --purge]
       npm run cluster status [-- --json]`;

const begun = performance.now();

try {
  process.exitCode = await main();
} catch (error) {
  if (!isFailure(error)) throw error;
  console.error([error.message, ...error.details.map((line) => `  ${line}`)].join('\n'));
  if (error.subject) console.error(`  see ${error.subject}`);
  if (error.hint) console.error(`  ${error.hint}`);
  process.exitCode = error.exitCode;
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      kubernetes: { type: 'string' },
      purge: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [command] = positionals;
  if (command === 'status') return status(values.json);
  if (command !== 'up' && command !== 'down') {
    console.error(USAGE);
    return 2;
  }
  const own = ownContext();
  if (own) {
    await clusterStatus();
    console.error(`DEVSPACE_TEST_CONTEXT is ${own}: the tests use that cluster, and it is left as it is`);
    return 0;
  }
  if (command === 'down') {
    await clusterDown({ purge: values.purge, onProgress: print });
    console.error(`down after ${formatSeconds(performance.now() - begun)}`);
    return 0;
  }
  const up = await clusterUp({ kubernetes: values.kubernetes, onProgress: print });
  console.error(`Kubernetes ${up.kubernetes} up after ${formatSeconds(performance.now() - begun)}`);
  console.error(`export KUBECONFIG=${up.kubeconfig} PATH=${up.binDir}:$PATH`);
  return 0;
}

async function status(asJson: boolean): Promise<number> {
  const found = await clusterStatus();
  if (asJson) {
    console.log(JSON.stringify(found, null, 2));
    return 0;
  }
  for (const [name, value] of Object.entries(found)) console.log(`${name.padEnd(12)}${value}`);
  if (ownContext()) return 0;
  const daemons = await readDaemons(clusterLayout());
  for (const { name, pid, rssBytes } of daemons) {
    const state = pid === undefined ? 'not running' : `pid ${pid}, ${megabytes(rssBytes)} MB`;
    console.log(`  ${name.padEnd(26)}${state}`);
  }
  const total = daemons.reduce((sum, daemon) => sum + daemon.rssBytes, 0);
  console.log(`  ${'in all'.padEnd(26)}${megabytes(total)} MB`);
  return 0;
}

function print(line: string): void {
  console.error(`[${formatSeconds(performance.now() - begun).padStart(8)}] ${line}`);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
