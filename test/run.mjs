// `npm test`: sets up what is missing, then checks, unit tests, Go tests, black-box tests and the end-to-end tests on a real cluster.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, goEnvironment, install, root, step } from './setup.mjs';

const started = performance.now();
const total = { passed: 0, failed: 0, skipped: 0 };
const summary = [];
const notes = [];
const scratch = mkdtempSync(join(tmpdir(), 'devspace-test-'));

function count(name, { passed, failed, skipped }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
  summary.push(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
}

function vitest(name, env) {
  process.stderr.write(`==> ${name} tests\n`);
  const report = join(scratch, `${name}.json`);
  const args = [
    'vitest',
    'run',
    '--config',
    'test/vitest.config.ts',
    '--project',
    name,
    '--reporter=default',
    '--reporter=json',
  ];
  const { status } = spawnSync('npx', [...args, `--outputFile.json=${report}`], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env,
  });
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const failed = result.numFailedTests || (result.success && status === 0 ? 0 : 1);
    count(name, {
      passed: result.numPassedTests,
      failed,
      skipped: result.numPendingTests + result.numTodoTests,
    });
  } catch {
    count(name, { passed: 0, failed: 1, skipped: 0 });
  }
}

async function goTests(env) {
  process.stderr.write('==> Go tests\n');
  const result = { passed: 0, failed: 0, skipped: 0 };
  const child = spawn('go', ['test', '-json', './...'], {
    cwd: join(root, 'helper'),
    env,
    stdio: ['ignore', 'pipe', 2],
  });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  const printed = new Map();
  for (const line of text.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { Action, Test, Package, Output } = JSON.parse(line);
    const id = `${Package} ${Test ?? ''}`;
    if (Action === 'output') printed.set(id, (printed.get(id) ?? '') + Output);
    if (Action === 'fail') process.stderr.write(printed.get(id) ?? '');
    if (Action === 'skip' && Test)
      notes.push(`skipped Go test ${Test}: ${(printed.get(id) ?? '').trim().split('\n').at(-2) ?? ''}`);
    if (Test && Action === 'pass') result.passed += 1;
    if (Action === 'fail') result.failed += 1;
    if (Test && Action === 'skip') result.skipped += 1;
  }
  const code = child.exitCode ?? (await new Promise((resolve) => child.on('close', resolve)));
  if (code !== 0 && result.failed === 0) result.failed = 1;
  count('go', result);
}

install();
const env = await goEnvironment();
build(env);
step('format, lint and types', 'npm', ['run', '--silent', 'check'], { env });
step('go vet', 'go', ['vet', './...'], { env, cwd: join(root, 'helper') });
vitest('unit', env);
await goTests(env);
vitest('cli', env);

const { register } = await import('tsx/esm/api');
register();
const { prepareTestCluster } = await import('./rig/test-cluster.ts');
const cluster = await prepareTestCluster(env);
if (cluster.ok) {
  vitest('e2e', cluster.env);
  await cluster.release();
} else {
  notes.push(`skipped all end-to-end tests: ${cluster.reason}`);
}

rmSync(scratch, { recursive: true, force: true });
const seconds = ((performance.now() - started) / 1000).toFixed(0);
for (const line of [...notes, ...summary, `took ${seconds} s`]) process.stdout.write(`${line}\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
