import { describe, expect, it } from 'vitest';
import { runCli } from '../rig/cli.js';
import { makeProject } from '../rig/project.js';

const head = 'version: v1beta3\n';
const many = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('');

// Small files that could take any time and memory: bounded by limits, which are generous for a busy machine. Each ends within a few seconds.
const cases: readonly (readonly [what: string, text: string, error: string, ...flags: string[]])[] = [
  [
    '400,000 quotes',
    `${head}a: ${'"'.repeat(400_000)}\n`,
    'CONFIG_SYNTAX: devspace.yaml:2:6: more text behind the closing quote',
  ],
  [
    'a list of 100,000 nothings',
    `${head}x:\n${'- ?\n'.repeat(100_000)}`,
    'CONFIG_INVALID: devspace.yaml has 200 problems or more',
  ],
  [
    '200,000 wrong entries',
    `${head}vars:\n${'- 1\n'.repeat(200_000)}`,
    'CONFIG_INVALID: devspace.yaml:1:1: tens of thousands of values here are wrong',
  ],
  [
    'more than 1 MB',
    `${head}${'#'.repeat(1_000_000)}\n`,
    'CONFIG_INVALID: devspace.yaml is larger than 1 MB',
  ],
  [
    'nesting',
    `${head}images: ${'['.repeat(100_000)}`,
    'CONFIG_SYNTAX: devspace.yaml:2:817: nested too deeply',
  ],
  [
    'aliases of aliases',
    `${head}a: &a [1,1,1,1,1,1,1,1,1]\n${many(9, (n) => `${'bcdefghij'[n]}: &${'bcdefghij'[n]} [${Array(9).fill(`*${'abcdefghi'[n]}`).join(',')}]\n`)}`,
    'CONFIG_INVALID: devspace.yaml:7:11: with *e written out the config has more than 200000 values',
  ],
  [
    'variables of variables',
    `${head}images: {a: {image: "\${V30}"}}\nvars:\n- {name: V0, value: abc}\n${many(30, (n) => `- {name: V${n + 1}, value: "\${V${n}}\${V${n}}\${V${n}}"}\n`)}`,
    'CONFIG_INVALID: devspace.yaml:16:3: vars[12]: the value of V12 is longer than 1000000 characters',
  ],
  [
    'patches that copy',
    `${head}deployments:\n- {name: a, helm: {chart: {name: c}, values: {v: 1}}}\nprofiles:\n- name: p\n  patches:\n${many(40, (n) => `  - {op: copy, from: deployments, path: "deployments[0].helm.values.x${n}"}\n`)}`,
    'CONFIG_INVALID: devspace.yaml:5:1: profiles: patches that copy make millions of values of this config',
    '-p',
    'p',
  ],
  [
    'parents of parents',
    `${head}profiles:\n${many(20_000, (n) => `- {name: p${n}, parent: p${n + 1}}\n`)}`,
    'CONFIG_INVALID: devspace.yaml:103:24: profiles[100].parent: more than 100 parents in a row',
    '-p',
    'p0',
  ],
];

describe('a config that could take any time and memory', { timeout: 120_000 }, () => {
  it.each(cases)('%s', async (_what, text, error, ...flags) => {
    await using project = await makeProject({ 'devspace.yaml': text });
    const { code, stderr } = await runCli(['print', ...flags], {
      cwd: project.dir,
      env: { NODE_OPTIONS: '--max-old-space-size=600' },
    });
    expect(stderr).toContain(`error ${error}`);
    expect(code).toBe(1);
  });
});

describe('a config in another encoding', () => {
  it.each([
    ['UTF-16', Buffer.from(`\uFEFF${head}`, 'utf16le'), 'devspace.yaml:1: not UTF-8 text, but UTF-16'],
    ['Latin 1', Buffer.from(`${head}# é\n`, 'latin1'), 'devspace.yaml:2: not UTF-8 text'],
    [
      'UTF-16 without a mark',
      Buffer.from(head, 'utf16le'),
      'devspace.yaml:1:2: the control character U+0000 may not stand in YAML',
    ],
  ])('%s', async (_what, bytes, error) => {
    await using project = await makeProject({});
    await project.write('devspace.yaml', bytes);
    const { code, stderr } = await runCli(['print'], { cwd: project.dir });
    expect(stderr).toContain(`error CONFIG_SYNTAX: ${error}\n`);
    expect(stderr).toContain('UTF-8\n');
    expect(code).toBe(1);
  });
});
