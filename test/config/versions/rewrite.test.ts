import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../src/config/diagnostic.js';
import { VERSIONS } from '../../../src/config/versions/names.js';
import { rewriteConfig } from '../../../src/config/versions/rewrite.js';
import { loadConfig } from '../load-config.js';
import { load, messages } from '../problems.js';

function rewritten(text: string): string {
  const result = rewriteConfig({ file: 'devspace.yaml', text });
  if (!result.ok) throw failureOf(result.diagnostics);
  return result.text;
}

function problems(text: string): string[] {
  const result = rewriteConfig({ file: 'devspace.yaml', text });
  return result.ok ? [] : result.diagnostics.map(({ message }) => message);
}

describe('rewriteConfig', () => {
  it('keeps comments, order, notation and what has not changed', () => {
    const text = `# our app
version: v1beta1 # old

# images we build
images:
  web:
    image: "team/web" # our repo
    build:
      # production
      dockerfile: ./Dockerfile.prod
      options: {target: prod}
    skipPush: yes
deployments:
- name: web
  helm:
    chart: {name: ./chart}
    devSpaceValues: false # keep

dev:
  # the ports
  ports:
  - selector: default
    forward:
    - port: \${PORT} # local
      remotePort: 80
  terminal:
    disabled: true
  overrideImages:
  - name: web
    entrypoint: [npm, run, dev]
  selectors:
  - name: default # the selector
    labelSelector:
      app: web
`;
    const result = rewritten(text);
    expect(result).toBe(`# our app
version: v1beta3 # old

# images we build
images:
  web:
    image: "team/web" # our repo
    build:
      # production
      docker:
        options: {target: prod}
        skipPush: yes
    dockerfile: ./Dockerfile.prod
    createPullSecret: false
deployments:
- name: web
  helm:
    chart: {name: ./chart}
    replaceImageTags: false # keep

dev:
  # the ports
  ports:
  - labelSelector:
      app: web
    forward:
    - port: \${PORT} # local
      remotePort: 80
  interactive:
    defaultEnabled: false
  overrideImages:
  - name: web
    entrypoint: [npm, run, dev]

# Comments of what is no longer there:
# the selector
`);
    expect(rewritten(result)).toBe(result);
  });

  it.each([
    ['a BOM', '\uFEFFversion: v1beta2\n', '\uFEFFversion: v1beta3\n'],
    ['CRLF', 'version: v1beta2\r\n# a\r\nvars: []\r\n', 'version: v1beta3\r\n# a\r\nvars: []\r\n'],
    [
      'indented lists',
      'version: v1beta5\ndev:\n  open:\n    - url: http://a\n',
      'version: v1beta3\ndev:\n  open:\n    - url: http://a\n',
    ],
  ])('keeps %s', (_name, text, expected) => {
    const result = rewritten(text);
    expect(result.startsWith(expected)).toBe(true);
  });

  it('changes no file of its own version', () => {
    const text = 'version:   v1beta3\nimages: { a:   {image:  x} }   # odd\n';
    expect(rewritten(text)).toBe(text);
  });

  it('rewrites what profiles replace and merge', () => {
    const text = `version: v1beta7
images: {a: {image: x, tags: [b]}}
profiles:
- name: p
  replace: {images: {a: {image: y, tags: [c]}}}
  merge: {images: {a: {tags: [d]}}}
  patches:
  - {op: replace, path: images.a.image, value: z}
`;
    expect(rewritten(text)).toBe(`version: v1beta3
images: {a: {image: x, tag: b}}
profiles:
- name: p
  replace: {images: {a: {image: y, tag: c}}}
  merge: {images: {a: {tag: d}}}
  patches:
  - {op: replace, path: images.a.image, value: z}
`);
  });

  it('sets defaults of the version only where a whole section stands', () => {
    const text = `version: v1beta10
images: {a: {image: x}}
profiles:
- name: p
  replace: {dev: {sync: [{imageName: a}]}}
  merge: {dev: {sync: [{imageName: a}]}}
`;
    expect(rewritten(text)).toContain(`  replace: {dev: {sync: [{imageName: a, waitInitialSync: true}]}}
  merge: {dev: {sync: [{imageName: a}]}}
`);
  });

  it.each([
    ['images.a.tags', '[b]'],
    ['images.a', '{tags: [b]}'],
    ['/images', '{a: {tags: [b]}}'],
    ['images.*.tags[0]', 'b'],
    ['dev.sync', '{imageName: a}'],
  ])('leaves no patch behind that would do something else: %s', (path, value) => {
    const text = `version: v1beta10\nimages: {a: {image: x}}\nprofiles: [{name: p, patches: [{op: add, path: "${path}", value: ${value}}]}]\n`;
    expect(problems(text)).toEqual([
      'profiles[0].patches[0].path: a patch of what is written differently in v1beta3 cannot be rewritten',
    ]);
  });

  it('leaves alone what a variable decides', () => {
    expect(problems('version: v1beta2\ndev: {terminal: {disabled: "${NO}"}}\n')).toEqual([
      'dev.terminal.disabled: a variable here cannot be rewritten for v1beta3',
    ]);
  });

  it('refuses what cannot be written, or is wrong anyway', () => {
    expect(problems('version: v2beta1\nfunctions: {a: b}\n')).toEqual([
      'functions: functions are not supported',
    ]);
    expect(problems('version: v1beta2\nimagse: {}\n')).toEqual([
      'imagse: unknown key, did you mean "images"?',
    ]);
    expect(
      problems('version: v1beta7\nimages: {a: {image: x, tags: &t [a]}}\ndev: {logs: {images: *t}}\n'),
    ).toEqual(['anchors (&) and aliases (*) are used in a part that changes']);
  });

  it('keeps what stands in front of the first entry of a map that becomes a list, and of a section', () => {
    const text = `version: v2beta1
name: mine

vars:
  # where images go
  REGISTRY: ghcr.io/me # ours

# what runs
deployments:
  # the api
  api: { kubectl: { manifests: [kube] } }

# while developing
dev:
  api:
    labelSelector: { app: api }
    ports: [{ port: '80' }]

commands:
  # all of them
  test: npm test
`;
    expect(rewritten(text)).toBe(`version: v1beta3

vars:
  # where images go
  - name: REGISTRY
    value: ghcr.io/me # ours

# what runs
deployments:
  # the api
  - { name: api, kubectl: { manifests: [ kube ] } }

# while developing
dev:
  ports:
    - labelSelector: { app: api }
      forward:
        - port: 80

commands:
  # all of them
  - name: test
    command: npm test
`);
  });

  it('does not change what the name of the project is used for', () => {
    const text = 'version: v2beta1\nname: mine\nimages:\n  a: {image: "x/${DEVSPACE_NAME}"}\n';
    expect(problems(text)).toEqual(['images.a.image: in v1beta3 this is the name of the folder, not "mine"']);
  });

  it('keeps aliases of what does not change', () => {
    const text = 'version: v1beta7\nimages: {a: &a {image: x}, c: *a}\n';
    expect(rewritten(text)).toBe(text.replace('v1beta7', 'v1beta3'));
  });
});

describe('whatever the file', { timeout: 60_000 }, () => {
  const versions = Object.keys(VERSIONS);
  const keys =
    'name image tags build docker kaniko options dockerfile helm chart componentChart values kubectl ports forward portMappings sync path terminal disabled selectors selector imageSelector labelSelector hooks events deployments images dev app profiles replace merge patches vars'.split(
      ' ',
    );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<unknown>('a', 'x:1', '${A}', '8080:80', 1, true, false, null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 4 }),
    ),
  }));
  const section = fc.constantFrom(
    'images',
    'deployments',
    'dev',
    'hooks',
    'vars',
    'profiles',
    'devSpace',
    'dependencies',
    'commands',
    'pipelines',
  );
  const config = fc.dictionary(section, value, { maxKeys: 5 });

  it('nothing throws, and what is rewritten means the same', () => {
    fc.assert(
      fc.property(fc.constantFrom(...versions), config, (version, rest) => {
        const text = `version: ${version}\n${JSON.stringify(rest).slice(1, -1).replaceAll('":', '": ')}`;
        const flow = `{version: ${version}${Object.keys(rest).length > 0 ? ', ' : ''}${text.slice(text.indexOf('\n') + 1)}}`;
        const result = rewriteConfig({ file: 'f', text: flow });
        const before = loadConfig({ file: 'f', text: flow });
        if (!before.ok) for (const one of before.diagnostics) expect(one.span.line).toBe(1);
        if (!result.ok) return;
        const after = loadConfig({ file: 'f', text: result.text });
        expect(after.ok).toBe(before.ok);
        if (!after.ok || !before.ok) return;
        expect({ ...after.config, profiles: [] }).toEqual({ ...before.config, profiles: [] });
      }),
      { numRuns: 200 },
    );
  });
});

it('has what it says: messages of the loaded file are those of the user', () => {
  expect(messages('version: v1beta7\nimages: {a: {image: x, tags: b}}\n')).toEqual([
    'images.a.tags: expected a list, found the text "b"',
  ]);
  expect(
    load('version: v1beta7\nimages: {a: {image: x, tags: [b]}}\n').source.locate(['images', 'a', 'tag']),
  ).toEqual({
    line: 2,
    column: 31,
    length: 1,
  });
});
