import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/config/diagnostic.js';
import { unsupportedFeatures, type Section } from '../../src/config/unsupported.js';
import { load } from './problems.js';

const head = 'version: v1beta3\nimages: {a: {image: x}, b: {image: y}}\n';

function unsupported(text: string, options: { sections?: Section[] } = {}): string[] {
  const { config, source } = load(text);
  return unsupportedFeatures(config, source, options).map(({ code, message }) => `${code} ${message}`);
}

describe('unsupportedFeatures', () => {
  it.each([
    [
      'all that works',
      `${head}deployments: [{name: a, kubectl: {manifests: [x], kustomize: true}}]\ndev: {sync: [{imageName: a}]}`,
      [],
    ],
    ['what is empty', `${head}hooks: []\ndependencies: []\ndev: {autoReload: {paths: []}}`, []],
    [
      'variables nobody uses',
      `${head}vars: [{name: A}]\nprofiles: [{name: p, patches: [{op: remove, path: "\${A}"}]}]\ncommands: [{name: a, command: "echo \${A}"}]`,
      [],
    ],
    ['interactive mode', `${head}dev: {interactive: {defaultEnabled: true, images: [{name: a}]}}`, []],
    ['a dollar sign', `${head}deployments: [{name: "a$b {c}", kubectl: {manifests: ["$x"]}}]`, []],
    [
      'kaniko of an image that is not built',
      'version: v1beta3\nimages: {a: {image: x, build: {disabled: true, kaniko: {}}}}',
      [],
    ],
    [
      'helm',
      `${head}deployments: [{name: a, helm: {chart: {name: x}}}]`,
      ['deployments[0].helm: helm deployments are not supported yet'],
    ],
    [
      'component',
      `${head}deployments: [{name: a, component: {}}]`,
      ['deployments[0].component: component deployments are not supported yet'],
    ],
    [
      'kaniko',
      'version: v1beta3\nimages: {a: {image: x, build: {kaniko: {}}}}',
      ['images.a.build.kaniko: building with kaniko is not supported yet'],
    ],
    [
      'custom',
      'version: v1beta3\nimages: {a: {image: x, build: {custom: {command: x}}}}',
      ['images.a.build.custom: building with a program of your own is not supported yet'],
    ],
    [
      'dependencies',
      `${head}dependencies: [{source: {path: x}}]`,
      ['dependencies: dependencies are not supported yet'],
    ],
    ['hooks', `${head}hooks: [{command: x}]`, ['hooks: hooks are not supported yet']],
    [
      'autoReload',
      `${head}dev: {autoReload: {paths: [x]}}`,
      ['dev.autoReload: reloading by itself is not supported yet'],
    ],
  ])('%s', (_name, text, expected) => {
    expect(unsupported(text)).toEqual(expected.map((message) => `CONFIG_UNSUPPORTED ${message}`));
  });

  it('asks only for the sections a command uses', () => {
    const text = `${head}deployments: [{name: a, helm: {chart: {name: x}}}]\ndev: {autoReload: {paths: [x]}}\nhooks: [{command: x}]`;
    expect(unsupported(text, { sections: ['images'] })).toEqual([]);
    expect(unsupported(text, { sections: ['dev'] })).toEqual([
      'CONFIG_UNSUPPORTED dev.autoReload: reloading by itself is not supported yet',
    ]);
  });

  it('shows where', () => {
    const { config, source } = load('version: v1beta3\nhooks:\n- command: x\n');
    expect(failureOf(unsupportedFeatures(config, source))).toMatchObject({
      code: 'CONFIG_UNSUPPORTED',
      message: 'devspace.yaml:2:1: hooks: hooks are not supported yet',
      details: ['  2 | hooks:', '    | ~~~~~'],
      hint: 'remove them',
    });
  });
});
