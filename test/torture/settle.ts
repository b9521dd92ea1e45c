import { setTimeout as pause } from 'node:timers/promises';
import { parentsOf } from '../../src/sync/core/path.js';
import { type Model, short } from './model.js';
import type { Content, Look, Node, Side } from './records.js';
import type { World } from './world.js';

const sides = ['local', 'remote'] as const;
/** With everything working again, both sides must be equal within this. */
const withinMs = 90_000;
/** And nothing may move any more for this long. */
const quietMs = 400;
const mostTold = 8;
/** What is still on its way may carry a mode that shuts the user out; sync says so, and the user opens it again. */
const tidyEveryMs = 10_000;

/**
 * Lets everything come to rest and says what is wrong: what differs between the sides, what is missing, what nobody has written, and the last that
 * happened to the paths concerned.
 */
export async function settle({ agent, sync }: World, model: Model): Promise<string[]> {
  const tidy = async () => {
    for (const side of sides) model.did(side, await agent(side).ask('tidy'));
  };
  await tidy();
  const looks = async (): Promise<Record<Side, Look>> => {
    const [local, remote] = await Promise.all(sides.map((side) => agent(side).ask('look')));
    return { local: local!, remote: remote! };
  };
  const end = performance.now() + withinMs;
  let tidied = performance.now();
  let seen: Record<Side, Look> = { local: {}, remote: {} };
  for (let equalSince = Infinity; ;) {
    seen = await looks();
    const now = performance.now();
    if (differences(seen).length > 0) equalSince = Infinity;
    else equalSince = Math.min(equalSince, now);
    if (now - equalSince > quietMs) break;
    if (now > end) return unequal(seen, model, sync.log);
    if (equalSince === Infinity && now - tidied > tidyEveryMs) {
      await tidy();
      tidied = performance.now();
    }
    await pause(equalSince === Infinity ? 250 : quietMs);
  }

  const present = new Set<Content>();
  for (const side of sides) {
    const holdings = contents(seen[side]);
    model.saw(side, holdings);
    for (const { content } of holdings) present.add(content);
  }
  const trash = (await agent('local').ask('trash')).map(({ content }) => content);
  await agent('local').ask('emptyTrash');
  for (const content of trash) present.add(content);
  const wrong: string[] = [];
  const missing = model.missing(present);
  for (const { content, path } of missing.slice(0, mostTold))
    wrong.push(
      `lost: ${short(content)} of ${JSON.stringify(path)}\n${story(path, content, model, sync.log)}`,
    );
  const strange = model.strange();
  for (const { content, path, side } of strange.slice(0, mostTold))
    wrong.push(
      `nobody wrote: ${short(content)} at ${JSON.stringify(path)} on the ${side} side\n${story(path, content, model, sync.log)}`,
    );
  if (missing.length + strange.length > 2 * mostTold) wrong.push('… and more');
  model.release(trash);
  return wrong;
}

function unequal(seen: Record<Side, Look>, model: Model, log: readonly string[]): string[] {
  const paths = differences(seen);
  const told = paths.slice(0, mostTold).map((path) => {
    const [local, remote] = sides.map((side) => describe(seen[side][path]));
    return `not equal: ${JSON.stringify(path)} is ${local} here and ${remote} there\n${story(path, undefined, model, log)}`;
  });
  const all = `${paths.length} paths still differ after ${withinMs / 1000} s: ${JSON.stringify(paths.slice(0, 40))}`;
  return [all, ...told];
}

function differences({ local, remote }: Record<Side, Look>): string[] {
  const paths = new Set([...Object.keys(local), ...Object.keys(remote)]);
  return [...paths].filter((path) => describe(local[path]) !== describe(remote[path]));
}

const describe = (node: Node | undefined): string =>
  node === undefined
    ? 'nothing'
    : [
        node.kind,
        ...(node.executable ? ['x'] : []),
        ...(node.content === undefined ? [] : [short(node.content)]),
      ].join(' ');

const contents = (look: Look) =>
  Object.entries(look).flatMap(([path, { content }]) => (content === undefined ? [] : [{ path, content }]));

function story(path: string, content: Content | undefined, model: Model, log: readonly string[]): string {
  const names = [path, ...parentsOf(path)].map((name) => JSON.stringify(name).slice(1, -1));
  const said = log
    .filter((line) => line.includes('(') || names.some((name) => line.includes(name)))
    .slice(-40);
  return [...model.story(path, content), ...said]
    .toSorted()
    .map((line) => `    ${line}`)
    .join('\n');
}
