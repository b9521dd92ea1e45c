// `npm run demo`: from a clone to a live container. Installs, builds, finds or starts a cluster and runs `devspace dev` in examples/quickstart.
// `npm run demo -- --once` does the same without a person: edits, checks both directions, stops, purges, and tells how long each stage took.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { build, goEnvironment, install, root } from '../test/setup.mjs';

const once = process.argv.includes('--once');
const IMAGE = '127.0.0.1:5000/quickstart';
const URL_OF_APP = 'http://localhost:8080';
const timings = [];

function say(text) {
  process.stderr.write(`demo: ${text}\n`);
}

class DemoError extends Error {}

async function timed(name, action) {
  const started = performance.now();
  const result = await action();
  timings.push([name, (performance.now() - started) / 1000]);
  return result;
}

/** Calls `probe` until it returns something, for a fact that nothing announces. */
async function until(what, seconds, probe) {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > end) throw new DemoError(`${what}: not within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function currentContext() {
  const { parse } = await import('yaml');
  const files = (process.env.KUBECONFIG ?? join(homedir(), '.kube', 'config')).split(delimiter);
  for (const file of files) {
    if (!file || !existsSync(file)) continue;
    const name = parse(readFileSync(file, 'utf8'))?.['current-context'];
    if (name) return name;
  }
  return undefined;
}

/** The environment for devspace: the user's own cluster, or the rig's, started when it is not running. */
async function findCluster(env) {
  const context = await currentContext();
  if (context) {
    say(`using the current kube context ${context}`);
    const local = /^(minikube|docker-desktop|docker-for-desktop|kind-.*|k3d-.*|devspace-test)$/.test(context);
    if (!local && !process.env.DEVSPACE_DEMO_IMAGE) {
      throw new DemoError(
        `context ${context} needs a registry it can pull from: set DEVSPACE_DEMO_IMAGE=<registry>/<name> and run again`,
      );
    }
    return env;
  }
  const { canRunCluster, clusterEnv, clusterUp } = await import('../test/cluster/index.ts');
  const possible = canRunCluster();
  if (!possible.ok)
    throw new DemoError(`no kube context, and no cluster can be started here: ${possible.reason}`);
  say(
    'no kube context: starting a real single-node Kubernetes (the first time builds it, which takes minutes)',
  );
  await clusterUp({ onProgress: (line) => process.stderr.write(`    ${line}\n`) });
  return { ...env, ...(await clusterEnv()) };
}

function prepareExample() {
  const example = join(root, 'examples', 'quickstart');
  const image = process.env.DEVSPACE_DEMO_IMAGE;
  if (!once && !image) return { folder: example, dispose: () => undefined };
  // A copy, so that the demo's edits and another image name stay out of the checkout.
  const folder = mkdtempSync(join(tmpdir(), 'devspace-quickstart-'));
  cpSync(example, folder, { recursive: true, filter: (path) => !path.includes('.devspace') });
  if (image) {
    for (const file of ['devspace.yaml', 'kube/deployment.yaml']) {
      const path = join(folder, file);
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(IMAGE, image));
    }
  }
  return { folder, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

const cli = join(root, 'bin', 'devspace.js');

function devspace(args, folder, env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new DemoError(`devspace ${args.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout;
}

function interactive(folder, env) {
  say(`open ${URL_OF_APP}, then edit ${join(folder, 'src', 'message.js')} and reload. Ctrl-C stops.`);
  const child = spawn(process.execPath, [cli, 'dev'], { cwd: folder, env, stdio: 'inherit' });
  // Ctrl-C reaches the child by the terminal; this process waits for its clean end.
  process.on('SIGINT', () => undefined);
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      say(
        `stopped. \`node ${cli} purge\` in ${folder} deletes what was deployed; \`npm run cluster down\` stops the cluster.`,
      );
      resolve(signal ? 1 : (code ?? 1));
    });
  });
}

/** Starts `devspace dev` with JSON events; `ready` resolves at its ready event. */
function startDev(folder, env) {
  const child = spawn(process.execPath, [cli, 'dev', '--no-open', '--output', 'json'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
  const ready = new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      if (event.type === 'stage' && event.state === 'finished')
        timings.push([`  ${event.stage}`, event.ms / 1000]);
      if (event.type === 'log') process.stderr.write(`    [${event.prefix}] ${event.line}\n`);
      if (event.type === 'ready') resolve();
    });
    exited.then(({ code }) =>
      reject(new DemoError(`devspace dev ended with ${code} before it was ready:\n${errors}`)),
    );
  });
  return { child, ready, exited };
}

async function answer() {
  try {
    const response = await fetch(URL_OF_APP, { signal: AbortSignal.timeout(2000) });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

async function runOnce(folder, env) {
  const dev = startDev(folder, env);
  try {
    await timed('devspace dev until ready', () => dev.ready);
    await timed('first answer through the forward', () =>
      until('the app answers', 30, async () => (await answer())?.includes('Hello from Kubernetes')),
    );
    await timed('edit here -> new answer', async () => {
      writeFileSync(join(folder, 'src', 'message.js'), "export const message = 'Hello after an edit';\n");
      await until('the new answer', 30, async () => (await answer())?.includes('Hello after an edit'));
    });
    await timed('file written in the container -> here', async () => {
      const write = ['sh', '-c', 'echo "made in the container" > /app/from-container.txt'];
      devspace(['enter', '--silent', '-l', 'app=quickstart', '--', ...write], folder, env);
      const file = join(folder, 'from-container.txt');
      await until(
        'the file',
        30,
        () => existsSync(file) && readFileSync(file, 'utf8') === 'made in the container\n',
      );
    });
    await timed('stop by SIGINT', async () => {
      dev.child.kill('SIGINT');
      const { code, signal } = await dev.exited;
      if (code !== 0)
        throw new DemoError(`devspace dev ended with ${signal ?? code} instead of 0 after SIGINT`);
    });
    if (await answer()) throw new DemoError('the forward still answers after devspace dev has ended');
  } finally {
    dev.child.kill('SIGKILL');
    await timed('purge', async () => devspace(['purge'], folder, env));
  }
}

let code = 0;
let example;
try {
  await timed('install packages', async () => install());
  const { register } = await import('tsx/esm/api');
  const unregister = register();
  const toolEnv = await timed('Go', () => goEnvironment());
  await timed('build', async () => build(toolEnv));
  const env = await timed('cluster', () => findCluster(toolEnv));
  await unregister();
  example = prepareExample();
  if (once) await runOnce(example.folder, env);
  else code = await interactive(example.folder, env);
} catch (error) {
  code = 1;
  say(error instanceof DemoError ? `failed: ${error.message}` : `failed: ${error.stack}`);
} finally {
  example?.dispose();
}
if (once) {
  for (const [name, seconds] of timings)
    process.stdout.write(`${name.padEnd(42)} ${seconds.toFixed(2).padStart(8)} s\n`);
  process.stdout.write(code === 0 ? 'demo passed\n' : 'demo failed\n');
}
process.exit(code);
