import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../src/config/diagnostic.js';
import { NO_PROFILES, resolveConfig } from '../../../src/config/resolve.js';

async function resolve(text: string, outputs: Record<string, string>) {
  const ran: [string, string][] = [];
  const result = await resolveConfig({
    file: 'devspace.yaml',
    text,
    profiles: NO_PROFILES,
    sections: ['images', 'deployments', 'dev', 'hooks'],
    answers: async () => ({
      given: new Map([['X', 'x']]),
      env: {},
      dotenv: {},
      cached: {},
      platform: 'linux',
      predefined: async () => undefined,
      hide: () => undefined,
      run: async () => '',
      evaluate: async (place, line) => {
        ran.push([place, line]);
        return outputs[line] ?? '';
      },
    }),
  });
  const failure = result.ok || 'missing' in result ? undefined : failureOf(result.diagnostics);
  return { config: result.ok ? result.config : undefined, failure, ran };
}

const head = 'version: v1beta11\nimages: {a: {image: x}}\n';
const manifests = 'kubectl: {manifests: [k]}';

describe('$(…) in the place of a value', () => {
  it.each<[string, string, unknown]>([
    ['a list', '[{imageName: a}]\n', [{ imageName: 'a', waitInitialSync: true }]],
    ['JSON', '[{"imageName": "a"}]', [{ imageName: 'a', waitInitialSync: true }]],
    ['nothing', '\n', undefined],
    ['null', 'null', undefined],
  ])('a section: %s', async (_name, output, expected) => {
    const { config } = await resolve(`${head}dev: {sync: $(print)}\n`, { print: output });
    expect(config?.dev?.sync).toEqual(expected);
  });

  it.each<[string, string, unknown]>([
    ['$(print)', 'true\n', true],
    ['$(print)', ' 8 ', 8],
    ['$(print)', '08', '08'],
    ['$(print)', 'some text\n', 'some text'],
    ['$!(print)', 'true\n', 'true'],
    ['$#(print)', 'a \n', 'a \n'],
    ['x $(print)', 'true', 'x $(print)'],
  ])('a value of a chart: %s prints %j', async (text, output, expected) => {
    const { config } = await resolve(
      `version: v1beta11\ndeployments: [{name: d, helm: {chart: {name: c}, values: {v: "${text}"}}}]\n`,
      { print: output },
    );
    expect(config?.deployments?.[0]?.helm?.values).toEqual({ v: expected });
  });

  it('entries of a list; those that print nothing are not there', async () => {
    const text = `${head}deployments: ["$(one)", {name: two, ${manifests}}, "$(none)", "$(four)"]\n`;
    const { config, ran } = await resolve(text, {
      one: `{name: one, ${manifests}}`,
      four: `{name: four, ${manifests}}`,
    });
    expect(config?.deployments?.map(({ name }) => name)).toEqual(['one', 'two', 'four']);
    expect(ran.map(([place]) => place)).toEqual(['deployments[3]', 'deployments[2]', 'deployments[0]']);
  });

  it('has its variables filled in, and several lines', async () => {
    const text = `${head}dev:\n  sync:\n  - |-\n    $(\n      [ \${X} == x ] && echo y\n    )\n`;
    expect((await resolve(text, {})).ran).toEqual([['dev.sync[0]', '\n  [ x == x ] && echo y\n']]);
  });

  it('is left to the shell where a command is wanted, and in older versions', async () => {
    const hook = 'hooks: [{command: "$(x)", args: ["$(y)"], events: [before:build]}]\n';
    expect((await resolve(`${head}${hook}`, {})).ran).toEqual([]);
    const old = await resolve('version: v1beta3\nimages: {a: {image: "$(x)"}}\n', { x: 'y' });
    expect([old.config?.images, old.ran]).toEqual([{ a: { image: '$(x)' } }, []]);
  });

  it('prints something wrong: the error is at its place', async () => {
    const text = `${head}dev:\n  sync: $(print)\n`;
    const { failure } = await resolve(text, { print: '[{imgName: a}]' });
    expect(failure?.message).toMatch(/^devspace.yaml has 2 problems/);
    expect(failure?.details.join('\n')).toContain('devspace.yaml:4:');
    const flag = await resolve('version: v1beta11\nimages: {a: {image: x, createPullSecret: $(print)}}\n', {
      print: 'maybe',
    });
    expect(flag.failure?.message).toContain(
      'createPullSecret: expected true or false, found the text "maybe"',
    );
  });

  it('is not run where the config is wrong anyway', async () => {
    const { failure, ran } = await resolve(`${head}dev: {sync: $(print), prts: []}\n`, {});
    expect(failure?.message).toContain('dev.prts: unknown key');
    expect(ran).toEqual([]);
  });
});
