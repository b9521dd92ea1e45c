import { parseAllDocuments } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { chooseAnswers, type Project, type Said } from '../../src/init/choose.js';
import { findParts } from '../../src/init/found.js';
import { asGitPatterns, withLines } from '../../src/init/ignore-lines.js';
import { languages } from '../../src/init/languages.js';
import { contextOf, languageOf, planFiles } from '../../src/init/plan.js';
import { readTemplate } from '../../src/init/templates/read-template.js';
import type { TemplateText } from '../../src/init/templates/template.js';
import { surveyOf } from './found.js';

const deployment = 'apiVersion: apps/v1\nkind: Deployment\nspec: {containers: [{image: example.com/app}]}\n';

/** Files to know the languages by. */
const MARKS = {
  node: 'package.json',
  python: 'setup.py',
  go: 'go.mod',
  java: 'pom.xml',
  php: 'composer.json',
  ruby: 'Gemfile',
  rust: 'Cargo.toml',
  dotnet: 'x.csproj',
};
let templates: readonly TemplateText[] = [];
beforeAll(async () => {
  templates = await Promise.all(languages.map(readTemplate));
});

function plan(files: Record<string, string>, said: Said = {}, name = 'web') {
  const survey = surveyOf(files);
  const project: Project = { survey, found: findParts(survey), name };
  const answers = chooseAnswers(project, said);
  const ignoreFile = contextOf(answers) === '.' ? '.dockerignore' : `${contextOf(answers)}/.dockerignore`;
  const language = languageOf(survey, answers);
  const planned = planFiles(
    survey,
    answers,
    { gitignore: files['.gitignore'], dockerignore: files[ignoreFile] },
    templates.find((one) => one.language === language),
  );
  const texts = Object.fromEntries(planned.map(({ path, text }) => [path, text]));
  const loaded = loadConfig({ file: 'devspace.yaml', text: texts['devspace.yaml'] ?? '' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics.map(({ message }) => message)));
  return { texts, config: loaded.config };
}

describe('what init writes', () => {
  it.each(languages)('is a whole project for %s, with nothing but a file of that language', (language) => {
    const { config, texts } = plan({ 'readme.txt': '' }, { language });
    expect(Object.keys(texts)).toEqual([
      'Dockerfile',
      '.dockerignore',
      '.gitignore',
      'kube/deployment.yaml',
      'kube/service.yaml',
      'devspace.yaml',
    ]);
    const port = config.dev?.ports?.[0]?.forward?.[0]?.port;
    const dockerfile = texts['Dockerfile'] ?? '';
    expect(dockerfile).toMatch(/^USER (?!root|0)/m);
    expect(dockerfile).toContain(`EXPOSE ${port}\n`);
    expect(dockerfile).toMatch(/^WORKDIR \/app$/m);
    expect(dockerfile).not.toMatch(/undefined|\n\n\n/);
    expect(config).toMatchObject({
      images: { app: { image: 'web', dockerfile: './Dockerfile' } },
      deployments: [{ name: 'web', kubectl: { manifests: ['kube'] } }],
      dev: { open: [{ url: `http://localhost:${port}` }], sync: [{ imageName: 'app' }] },
    });
    for (const name of ['kube/deployment.yaml', 'kube/service.yaml'])
      expect(parseAllDocuments(texts[name] ?? '').flatMap(({ errors }) => errors)).toEqual([]);
    expect(texts['.dockerignore']).toContain('kube/\n');
  });

  it.each<[string, Record<string, string>, Said, object]>([
    [
      'a Dockerfile that is there',
      { Dockerfile: 'FROM x\nWORKDIR /srv\nEXPOSE 80\n' },
      {},
      {
        images: { app: { image: 'web', dockerfile: './Dockerfile' } },
        dev: {
          ports: [{ imageName: 'app', forward: [{ port: 8080, remotePort: 80 }] }],
          sync: [{ containerPath: '/srv' }],
        },
      },
    ],
    [
      'one further down',
      { 'api/Dockerfile': 'FROM x\n' },
      { port: '0' },
      {
        images: { app: { dockerfile: './api/Dockerfile', context: './api' } },
        dev: { sync: [{ localSubPath: './api' }] },
      },
    ],
    [
      'one of a folder for Dockerfiles',
      { 'docker/Dockerfile': 'FROM x\n' },
      {},
      { images: { app: { dockerfile: './docker/Dockerfile' } } },
    ],
    [
      'manifests and the image they run',
      { Dockerfile: 'FROM x\n', 'k8s/a.yaml': deployment },
      {},
      {
        images: { app: { image: 'example.com/app' } },
        deployments: [{ name: 'web', kubectl: { manifests: ['k8s'] } }],
      },
    ],
    [
      'manifests alone',
      { 'k8s/a.yaml': deployment },
      {},
      { deployments: [{ kubectl: { manifests: ['k8s'] } }] },
    ],
    [
      'a kustomization before manifests',
      { 'k8s/a.yaml': deployment, 'k/kustomization.yaml': '' },
      {},
      { deployments: [{ kubectl: { manifests: ['k'], kustomize: true } }] },
    ],
    [
      'a chart',
      { Dockerfile: 'FROM x', 'chart/Chart.yaml': '' },
      {},
      { deployments: [{ helm: { chart: { name: 'chart' } } }] },
    ],
    [
      'an image that exists',
      { 'main.go': '' },
      { existingImage: 'nginx:1.27', port: '80' },
      { dev: { ports: [{ labelSelector: { app: 'web' }, forward: [{ port: 8080, remotePort: 80 }] }] } },
    ],
    [
      'a compose file',
      {
        'web/Dockerfile': 'FROM x',
        'b/Dockerfile': 'FROM x',
        'compose.yaml': 'services: {w: {build: ./web, ports: ["1:2000"]}}',
      },
      {},
      {
        images: { app: { dockerfile: './web/Dockerfile', context: './web' } },
        dev: { ports: [{ forward: [{ port: 2000 }] }] },
      },
    ],
    [
      'the stage that a compose file builds',
      {
        Dockerfile: 'FROM x AS dev\nWORKDIR /dev\nEXPOSE 3000\nFROM y\nWORKDIR /prod\n',
        'compose.yaml': 'services: {w: {build: {context: ., target: dev}}}',
      },
      {},
      {
        images: { app: { build: { docker: { options: { target: 'dev' } } } } },
        dev: { ports: [{ forward: [{ port: 3000 }] }], sync: [{ containerPath: '/dev' }] },
      },
    ],
    [
      'a stage named dev',
      { Dockerfile: 'FROM x as Dev\nEXPOSE 3000\nFROM scratch\n' },
      {},
      {
        images: { app: { build: { docker: { options: { target: 'Dev' } } } } },
        dev: { ports: [{ forward: [{ port: 3000 }] }] },
      },
    ],
    [
      'the overlay for development, not what it is made from',
      {
        Dockerfile: 'FROM x',
        'k/base/kustomization.yaml': '',
        'k/prod/kustomization.yaml': 'resources:\n- ../base\n',
        'k/overlays/dev/kustomization.yaml': 'resources: [../../base/]',
      },
      {},
      { deployments: [{ kubectl: { manifests: ['k/overlays/dev'] } }] },
    ],
    [
      'what the context leaves out, from its top',
      {
        'api/Dockerfile': 'FROM x\n',
        'api/.dockerignore': 'docs\n**/*.md\n!docs/a\n',
        '.dockerignore': 'no',
      },
      {},
      { dev: { sync: [{ excludePaths: ['/Dockerfile', '/docs', '**/*.md', '!/docs/a', '/.git/'] }] } },
    ],
    [
      'new manifests beside others',
      { Dockerfile: 'FROM x', 'kube/a.yaml': deployment },
      { manifests: [] },
      { deployments: [{ kubectl: { manifests: ['kube-devspace'] } }] },
    ],
    [
      'odd names',
      { Dockerfile: 'FROM x' },
      { image: '127.0.0.1:5000/a', name: '1', chart: 'a: b #c' },
      { deployments: [{ name: '1' }] },
    ],
  ])('fits %s', (_, files, said, expected) => {
    expect(plan(files, said).config).toMatchObject(expected);
  });

  it.each(languages)('is the same again for %s, when it begins again with its own files', (language) => {
    const files = { [MARKS[language]]: '{}' };
    const first = plan(files).texts;
    const second = plan({ ...files, ...first }).texts;
    expect(Object.keys(second)).toEqual(['devspace.yaml']);
    expect(second['devspace.yaml']).toBe(first['devspace.yaml']);
  });

  it.each<[Record<string, string>, Said, string]>([
    [{ 'readme.txt': '' }, {}, 'INIT_NOTHING_FOUND'],
    [{}, { dockerfile: 'x/Dockerfile' }, 'DOCKERFILE_MISSING'],
    [{}, { language: 'cobol' }, 'USAGE'],
    [{ Dockerfile: '' }, { language: 'go' }, 'USAGE'],
    [{ Dockerfile: '' }, { image: 'a:1' }, 'USAGE'],
    [{ Dockerfile: '' }, { port: '70000' }, 'USAGE'],
    [{ Dockerfile: '' }, { name: 'A' }, 'USAGE'],
    [{ Dockerfile: '' }, { name: '1a' }, 'USAGE'],
    [{ Dockerfile: '' }, { existingImage: 'A' }, 'USAGE'],
    [{ Dockerfile: '' }, { existingImage: 'a', dockerfile: 'Dockerfile' }, 'USAGE'],
    [{ Dockerfile: '' }, { manifests: ['a'], chart: 'b' }, 'USAGE'],
  ])('is nothing for %j with %j: %s', (files, said, code) => {
    expect(() => plan(files, said)).toThrow(expect.objectContaining({ code }));
  });
});

describe('withLines', () => {
  it.each([
    [undefined, ['a'], 'a\n'],
    ['', ['a', 'b'], 'a\nb\n'],
    ['x', ['a'], 'x\na\n'],
    ['x\r\n', ['a'], 'x\r\na\r\n'],
    ['# mine\n/a/\n', ['a', 'b'], '# mine\n/a/\nb\n'],
    ['a', ['a/'], 'a'],
  ])('%j gets %j', (text, lines, expected) => {
    expect(withLines(text, lines)).toBe(expected);
    expect(withLines(expected, lines)).toBe(expected);
  });
});

describe('asGitPatterns', () => {
  it.each([
    ['a', '/a'],
    ['./a/', '/a/'],
    ['/a/b', '/a/b'],
    ['!a', '!/a'],
    ['**/a', '**/a'],
    ['**', '/**'],
    ['*.md', '/*.md'],
  ])('anchors %j as %j', (pattern, expected) => expect(asGitPatterns([pattern])).toEqual([expected]));
});
