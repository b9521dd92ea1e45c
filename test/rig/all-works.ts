import { readFile } from 'node:fs/promises';
import type { WebProject } from './app.js';
import { ofType } from './cli.js';
import type { Namespace } from './cluster.js';
import { inContainer } from './container.js';
import { answer, type MarkedCli } from './dev-run.js';
import { until } from './until.js';

let count = 0;

/**
 * Resolves when a dev run of a {@link WebProject} carries new files both ways, forwards a request and shows its line in the log: to the milliseconds
 * since `since`, of the files and of all.
 */
export async function allWorks(
  where: { namespace: Namespace; project: WebProject; dev: MarkedCli },
  since: number,
): Promise<{ equalMs: number; allMs: number }> {
  const { dev, namespace, project } = where;
  const name = `after-${(count += 1)}`;
  const there = (script: string) => inContainer(namespace, 'deploy/web', script);
  // What is edited in a container that is replaced just then is gone with it.
  const up = async () => {
    await project.write(`www/${name}`, `${name}\n`);
    await until('the file there', async () => (await there(`cat /app/${name}`)) === name, 90_000);
  };
  const down = async () => {
    await until(
      'the container',
      async () => (await there(`echo ${name} > /app/${name}-there; echo done`)) === 'done',
      90_000,
    );
    const here = () => readFile(project.path(`www/${name}-there`), 'utf8');
    await until('the file here', async () => (await here()) === `${name}\n`, 90_000);
  };
  const whenEqual = Promise.all([up(), down()]).then(() => performance.now() - since);
  const asked = async () => {
    await whenEqual;
    await until('the forward', async () => (await answer(`${project.url}/${name}`)) === `${name}\n`, 90_000);
    await dev.event(ofType('log', ({ line }) => line.includes(`url:/${name}`)));
  };
  await asked();
  return { equalMs: Math.round(await whenEqual), allMs: Math.round(performance.now() - since) };
}
