import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../src/config/diagnostic.js';
import { NO_PROFILES, resolveConfig, type ProfileChoice } from '../../../src/config/resolve.js';
import { missingFailure } from '../../../src/config/vars/missing.js';
import type { Question } from '../../../src/config/vars/question.js';
import type { Answers } from '../../../src/config/vars/resolver.js';

const head = 'version: v1beta3\n';
const ALL = ['images', 'deployments', 'dev', 'dependencies', 'hooks'];

interface World {
  flags?: Record<string, string>;
  env?: Record<string, string>;
  dotenv?: Record<string, string>;
  cached?: Record<string, string>;
  predefined?: Record<string, string>;
  /** What the user answers; without it there is no terminal. */
  answers?: Record<string, string>;
  commands?: Record<string, string>;
  profiles?: Partial<ProfileChoice>;
  sections?: string[];
  lenient?: boolean;
  platform?: string;
}

async function resolve(text: string, world: World = {}) {
  const asked: Question[] = [];
  const remembered: string[] = [];
  const hidden: string[] = [];
  const ran: string[] = [];
  const { answers, sections = ALL, lenient = false } = world;
  const outside: Answers = {
    given: new Map(Object.entries(world.flags ?? {})),
    env: world.env ?? {},
    dotenv: world.dotenv ?? {},
    cached: world.cached ?? {},
    predefined: async (name) => world.predefined?.[name],
    platform: world.platform ?? 'linux',
    hide: (secret) => hidden.push(secret),
    run: async (_name, { command, args }) => {
      const line = [command, ...(args ?? [])].join(' ');
      ran.push(args ? line : `sh: ${line}`);
      return world.commands?.[line] ?? '';
    },
    ask: answers
      ? async (question, remember) => {
          asked.push(question);
          if (remember) remembered.push(question.name);
          return answers[question.name] ?? '';
        }
      : undefined,
  };
  const result = await resolveConfig({
    file: 'devspace.yaml',
    text: text.startsWith('version:') ? text : head + text,
    profiles: { ...NO_PROFILES, activation: true, ...world.profiles },
    answers: async () => outside,
    sections,
    lenient,
  });
  const config = result.ok ? (result.config as unknown as Record<string, unknown>) : undefined;
  const failure = result.ok
    ? undefined
    : 'missing' in result
      ? missingFailure('devspace.yaml', result.missing, (name) => result.variables.definition(name))
      : failureOf(result.diagnostics);
  const error =
    failure &&
    [failure.message, ...failure.details, ...(failure.hint ? [`hint: ${failure.hint}`] : [])].join('\n');
  return {
    result,
    config,
    error,
    failure,
    asked: asked.map(({ name }) => name),
    questions: asked,
    remembered,
    hidden,
    ran,
  };
}

/** What `${A}` in `tag: "TEXT"` becomes. */
async function tagOf(text: string, vars: string, world: World = {}): Promise<unknown> {
  const { config, error } = await resolve(
    `images: {a: {image: x, tag: ${JSON.stringify(text)}}}\n${vars}`,
    world,
  );
  return (config?.['images'] as { a: { tag: unknown } } | undefined)?.a.tag ?? error;
}

describe('the value of a variable', () => {
  const everything: World = {
    flags: { A: 'flag' },
    predefined: { A: 'predefined' },
    env: { A: 'env' },
    dotenv: { A: 'dotenv' },
    cached: { A: 'cached' },
    answers: { A: 'asked' },
  };
  const without = (...keys: (keyof World)[]): World =>
    Object.fromEntries(Object.entries(everything).filter(([key]) => !keys.includes(key as keyof World)));

  it.each<[string, World, string, string]>([
    ['--var before all', everything, '', 'flag'],
    ['predefined', without('flags'), '', 'predefined'],
    ['environment', without('flags', 'predefined'), '', 'env'],
    ['.env', without('flags', 'predefined', 'env'), '', 'dotenv'],
    ['earlier answers', without('flags', 'predefined', 'env', 'dotenv'), '', 'cached'],
    ['a question', { answers: { A: 'asked' } }, '', 'asked'],
    [
      'environment before earlier answers',
      { env: { A: 'env' }, cached: { A: 'cached' } },
      '{name: A}',
      'env',
    ],
    [
      'an empty environment variable is none',
      { env: { A: '' }, cached: { A: 'cached' } },
      '{name: A}',
      'cached',
    ],
    ['an empty answer is one', { cached: { A: '' } }, '{name: A}', ''],
    ['source input', { env: { A: 'env' }, cached: { A: 'cached' } }, '{name: A, source: input}', 'cached'],
    ['source env', { env: { A: 'env' }, cached: { A: 'cached' } }, '{name: A, source: env}', 'env'],
    ['source env, with default', { cached: { A: 'cached' } }, '{name: A, source: env, default: d}', 'd'],
    [
      'source none',
      { env: { A: 'env' }, answers: { A: 'asked' } },
      '{name: A, source: none, default: d}',
      'd',
    ],
    ['value', { env: { A: 'env' }, answers: { A: 'asked' } }, '{name: A, value: v}', 'v'],
    ['value, but --var', { flags: { A: 'flag' } }, '{name: A, value: v}', 'flag'],
    ['default, without a terminal', {}, '{name: A, default: d}', 'd'],
    ['noCache', { cached: { A: 'cached' }, answers: { A: 'asked' } }, '{name: A, noCache: true}', 'asked'],
    ['a command line', { commands: { 'git x': 'out' } }, '{name: A, command: git x}', 'out'],
    [
      'a command with arguments',
      { commands: { 'git x': 'out' } },
      '{name: A, command: git, args: [x]}',
      'out',
    ],
    ['a command without output', {}, '{name: A, command: git, default: d}', 'd'],
    [
      'a command before the environment',
      { env: { A: 'env' }, commands: { git: 'out' } },
      '{name: A, source: command, command: git}',
      'out',
    ],
    [
      'the command of the system',
      { platform: 'win32', commands: { w: 'win', u: 'unix' } },
      '{name: A, commands: [{os: windows, command: w}, {command: u}]}',
      'win',
    ],
    [
      'the command of other systems',
      { commands: { w: 'win', u: 'unix' } },
      '{name: A, commands: [{command: u}, {os: windows, command: w}]}',
      'unix',
    ],
  ])('%s', async (_what, world, definition, expected) => {
    expect(await tagOf('${A}', definition && `vars: [${definition}]`, world)).toBe(expected);
  });

  it('may use other variables, in any order, each found out once', async () => {
    const vars = 'vars: [{name: A, value: "${B}-${C}"}, {name: B, command: "tool ${C}"}, {name: C}]';
    const { asked, config, ran } = await resolve(
      `images: {a: {image: "\${A}", tag: "\${B}", context: "\${C}"}}\n${vars}`,
      {
        answers: { C: 'c' },
        commands: { 'tool c': 'b' },
      },
    );
    expect(config?.['images']).toEqual({ a: { image: 'b-c', tag: 'b', context: 'c' } });
    expect(asked).toEqual(['C']);
    expect(ran).toEqual(['sh: tool c']);
  });

  it('is asked for only when it is used, in the order of the definitions', async () => {
    const text = `images: {a: {image: "\${Z}-\${B}-\${C}"}}
vars: [{name: C}, {name: UNUSED}, {name: ALWAYS, alwaysResolve: true}, {name: B, noCache: true}]
dev: {open: [{url: "\${DEV}"}]}
commands: [{name: x, command: "\${COMMAND}"}]
profiles: [{name: p, replace: {images: {a: {image: "\${PROFILE}"}}}}]`;
    const { asked, remembered } = await resolve(text, { answers: {}, sections: ['images'] });
    expect(asked).toEqual(['C', 'ALWAYS', 'B', 'Z']);
    expect(remembered).toEqual(['C', 'ALWAYS', 'Z']);
  });

  it('is asked for as defined', async () => {
    const { questions } = await resolve(
      `images: {a: {image: "\${A}\${B}"}}\nvars: [{name: A, question: Which?, options: [x, 2], default: "\${P}"}, {name: B, password: true, validationPattern: "^[a-z]+$", validationMessage: Small letters}]`,
      { answers: { A: 'x', B: 'b' }, predefined: { P: 'x' } },
    );
    expect(questions).toMatchObject([
      { name: 'A', message: 'Which?', options: ['x', 2], proposal: 'x', secret: false },
      {
        name: 'B',
        message: 'Please enter a value for B',
        options: undefined,
        proposal: undefined,
        secret: true,
      },
    ]);
    expect([questions[0]?.check('y'), questions[0]?.check('2')]).toEqual(['Choose one of x, 2', undefined]);
    expect([questions[1]?.check('B'), questions[1]?.check('b')]).toEqual(['Small letters', undefined]);
  });

  it('that is a password is told to who prints, also in others', async () => {
    const { hidden } = await resolve(
      `images: {a: {image: "\${URL}"}}\nvars: [{name: URL, value: "https://\${P}@host"}, {name: P, password: true}]`,
      {
        env: { P: 'geheim' },
      },
    );
    expect(hidden).toEqual(['geheim', 'https://geheim@host']);
  });
});

describe('a text with variables', () => {
  it.each([
    ['${A}', 'v'],
    ['a-${A}-${A}', 'a-v-v'],
    ['$!{A}', 'v'],
    ['$${A}', '${A}'],
    ['$$${A}', '$${A}'],
    ['$$!{A}', '$!{A}'],
    ['${A:-x} ${ A } $A {A} $(A) ${}', '${A:-x} ${ A } $A {A} $(A) ${}'],
  ])('%s is %s', async (text, expected) => {
    expect(await tagOf(text, '', { env: { A: 'v' } })).toBe(expected);
  });

  it('is not filled in again', async () => {
    expect(await tagOf('${A}', '', { env: { A: '${B} $${C}' } })).toBe('${B} $${C}');
  });

  it.each([
    ['0123', '0123'],
    ['123', '123'],
    ['true', 'true'],
    ['1e3', '1e3'],
  ])('stays a text where one is wanted: %s', async (value, expected) => {
    expect(await tagOf('${A}', '', { env: { A: value } })).toBe(expected);
  });

  it('becomes a number or a boolean where one is wanted', async () => {
    const { config } = await resolve(
      'images: {a: {image: x, createPullSecret: "${B}"}}\ndev: {ports: [{imageName: a, forward: [{port: "${P}", remotePort: "8${P}"}]}]}',
      { env: { P: '80', B: 'false' } },
    );
    expect(config).toMatchObject({
      images: { a: { createPullSecret: false } },
      dev: { ports: [{ forward: [{ port: 80, remotePort: 880 }] }] },
    });
  });

  it.each([
    ['80', 80],
    ['-5', -5],
    ['true', true],
    ['080', '080'],
    ['1e3', '1e3'],
    ['0x10', '0x10'],
    ['12345678901234567890', '12345678901234567890'],
    ['yes', 'yes'],
    ['T', 'T'],
    ['1.50', '1.50'],
    ['null', 'null'],
    ['', ''],
  ])('is guessed where anything may stand: %s', async (value, expected) => {
    const { config } = await resolve(
      'deployments: [{name: a, helm: {chart: {name: c}, values: {x: "${A}", y: "$!{A}", z: "a${A}"}}}]',
      { flags: { A: value } },
    );
    expect(config).toMatchObject({
      deployments: [{ helm: { values: { x: expected, y: value, z: `a${value}` } } }],
    });
  });

  it('takes the type of a typed default, there', async () => {
    const { config } = await resolve(
      'deployments: [{name: a, helm: {chart: {name: c}, values: {n: "${N}", f: "${F}", b: "${B}", t: "$!{N}"}}}]\nvars: [{name: N, default: 3}, {name: F, value: 1.5}, {name: B, value: true}]',
    );
    expect(config).toMatchObject({ deployments: [{ helm: { values: { n: 3, f: 1.5, b: true, t: '3' } } }] });
  });

  it('is left alone in keys', async () => {
    const { config } = await resolve(
      'deployments: [{name: a, helm: {chart: {name: c}, values: {"${A}": "${A}"}}}]',
      { env: { A: 'v' } },
    );
    expect(config).toMatchObject({ deployments: [{ helm: { values: { '${A}': 'v' } } }] });
  });

  it('in commands keeps what only the shell knows', async () => {
    const { config, asked } = await resolve(
      'commands: [{name: a, command: "for f in *; do echo ${f} ${A} ${DEFINED} ${GIVEN} $${X}; done"}]\nvars: [{name: DEFINED, default: d}]',
      {
        sections: ['commands'],
        answers: { DEFINED: 'answer' },
        flags: { GIVEN: 'g' },
        env: { A: 'of the shell' },
      },
    );
    expect(config?.['commands']).toMatchObject([
      { command: 'for f in *; do echo ${f} ${A} answer g ${X}; done' },
    ]);
    expect(asked).toEqual(['DEFINED']);
  });

  it('stays where the command does not look', async () => {
    const { config } = await resolve(
      'images: {a: {image: "${I}"}}\ndev: {ports: [{imageName: a, forward: [{port: "${P}"}]}]}',
      { sections: ['images'], env: { I: 'i', P: '80' } },
    );
    expect(config).toMatchObject({
      images: { a: { image: 'i' } },
      dev: { ports: [{ forward: [{ port: '${P}' }] }] },
    });
  });

  it('works in configs of other versions', async () => {
    const { config, error } = await resolve(
      'version: v2beta1\nname: x\nvars: {P: 8080, I: image}\nimages: {a: {image: "${I}"}}\ndev: {app: {imageSelector: "${I}", ports: [{port: "${P}:80"}]}}\n',
    );
    expect(error).toBeUndefined();
    expect(config).toMatchObject({
      images: { a: { image: 'image' } },
      dev: { ports: [{ forward: [{ port: 8080, remotePort: 80 }] }] },
    });
  });
});

describe('errors of variables', () => {
  it('name all that are missing at once, with the flag for each', async () => {
    const { error, failure } = await resolve(
      `images:
  web:
    image: \${REGISTRY}/web
    tag: \${TAG}-\${SECRET}
dev:
  open: [{url: "\${TAG}"}]
vars:
- name: REGISTRY
  question: Which registry?
  options: [docker.io, ghcr.io]
- {name: SECRET, password: true, source: env}
- {name: TAG, value: "\${OTHER}"}
`,
    );
    expect(failure?.code).toBe('VARIABLE_MISSING');
    expect(error).toMatchInlineSnapshot(`
      "3 variables have no value, and there is no terminal to ask at
      Flag                  Used in
      --var REGISTRY=VALUE  devspace.yaml:4: images.web.image  Which registry? (docker.io, ghcr.io)
      --var SECRET=VALUE    devspace.yaml:5: images.web.tag    the environment variable SECRET
      --var OTHER=VALUE     devspace.yaml:13: vars[2].value
      hint: add --var REGISTRY=VALUE --var SECRET=VALUE --var OTHER=VALUE, or remember it: devspace set var REGISTRY=VALUE OTHER=VALUE"
    `);
  });

  it.each([
    [
      'a circle',
      'images: {a: {image: "${A}"}}\nvars:\n- {name: A, value: "${B}"}\n- {name: B, default: "x${C}"}\n- {name: C, command: "echo ${A}"}',
      'devspace.yaml:6:3: vars[2]: the variables form a circle: A -> B -> C -> A',
    ],
    [
      'itself',
      'images: {a: {image: "${A}"}}\nvars: [{name: A, value: "${A}"}]',
      'the variables form a circle: A -> A',
    ],
    [
      'a value of the wrong type',
      'dev: {ports: [{imageName: "${I}", forward: [{port: "${P}"}]}]}\nimages: {i: {image: x}}\nvars: [{name: P, default: many}, {name: I, default: i}]',
      'devspace.yaml:2:52: dev.ports[0].forward[0].port: expected a number from 1 to 65535, found the text "many"',
    ],
    [
      'value and default',
      'vars: [{name: P, default: a, value: b}]',
      'vars[0].default: cannot be used together with value',
    ],
    ['no command', 'vars: [{name: P, source: command}]', 'vars[0].source: needs `command` or `commands`'],
    ['no value', 'vars: [{name: P, source: none}]', 'vars[0].source: needs `value` or `default`'],
    [
      'no regular expression',
      'vars: [{name: P, validationPattern: "["}]',
      'vars[0].validationPattern: "[" is no regular expression',
    ],
    [
      'a wrong definition',
      'vars: [{name: P, sorce: env}]',
      'vars[0].sorce: unknown key, did you mean "source"?',
    ],
    [
      'what is known only after the build',
      'images: {a: {image: "${runtime.images.b.image}"}}',
      '${runtime.images.b.image} has no value here',
    ],
  ])('%s', async (_what, text, expected) => {
    expect((await resolve(text)).error).toContain(expected);
  });

  it('are told before anybody is asked', async () => {
    const { asked, error } = await resolve(
      'images: {a: {image: "${A}", imag: x}}\ndev: {ports: [{forward: [{port: "${P}"}]}]}',
      { answers: { A: 'x', P: '1' } },
    );
    expect(error).toContain('images.a.imag: unknown key');
    expect(error).not.toContain('${P}"\n');
    expect(asked).toEqual([]);
  });

  it('are no matter to who only looks', async () => {
    const { config } = await resolve('images: {a: {image: "${A}-${B}"}}', { env: { A: 'a' }, lenient: true });
    expect(config).toMatchObject({ images: { a: { image: 'a-${B}' } } });
  });
});

describe('profiles', () => {
  const base = `images: {a: {image: x, tag: base}}
dev:
  ports: [{imageName: a, forward: [{port: 80}]}]
profiles:
- name: staging
  replace: {images: {a: {image: y}}}
  merge: {images: {a: {tag: merged}}}
  patches:
  - {op: add, path: "dev.ports[0].forward", value: {port: "\${P}"}}
- name: child
  parent: staging
  patches:
  - {op: replace, path: images.a.tag, value: child}
- name: auto
  activation: [{env: {CI: "true|1"}, vars: {MODE: ^auto}}]
  patches: [{op: add, path: hooks, value: [{command: x}]}]
- name: broken
  patches:
  - {op: remove, path: images.b}
  - op: replace
    path: dev.port[0].imageName
    value: b
`;

  it('are not used without being told', async () => {
    expect((await resolve(base)).config).toMatchObject({ images: { a: { image: 'x', tag: 'base' } } });
  });

  it('replace, merge and patch, and use variables', async () => {
    expect((await resolve(base, { profiles: { names: ['child'] }, env: { P: '90' } })).config).toMatchObject({
      images: { a: { image: 'y', tag: 'child' } },
      dev: { ports: [{ forward: [{ port: 80 }, { port: 90 }] }] },
    });
  });

  it.each([
    [{ CI: 'true', MODE: 'automatic' }, true, ['auto']],
    [{ CI: 'true', MODE: 'manual' }, true, []],
    [{ CI: 'true' }, true, []],
    [{ CI: '0', MODE: 'auto' }, true, []],
    [{ CI: 'true', MODE: 'auto' }, false, []],
  ])('activate themselves: %j %s', async (env, activation, expected) => {
    const { result } = await resolve(base, { env, profiles: { activation }, sections: ['images'] });
    expect(result.ok && result.profiles).toEqual(expected);
  });

  it('come in the order: by themselves, parents, by name', async () => {
    const { result } = await resolve(base, {
      env: { CI: '1', MODE: 'auto', P: '1' },
      profiles: { names: ['child', 'auto'], parents: ['staging'] },
    });
    expect(result.ok && result.profiles).toEqual(['auto', 'staging', 'child']);
  });

  it('are pointed at, with all their problems', async () => {
    expect((await resolve(base, { profiles: { names: ['broken'] } })).error).toMatchInlineSnapshot(`
      "devspace.yaml has 2 problems
      devspace.yaml:20:24: profiles[3].patches[0].path: there is no key "b" in images, did you mean "a"?
        20 |   - {op: remove, path: images.b}
           |                        ~~~~~~~~
        hint: there are these keys: a

      devspace.yaml:22:11: profiles[3].patches[1].path: there is no key "port" in dev, did you mean "ports"?
        22 |     path: dev.port[0].imageName
           |           ~~~~~~~~~~~~~~~~~~~~~
        hint: there are these keys: ports"
    `);
  });

  it.each([['unknown', 'stagin', 'profiles: there is no profile "stagin", did you mean "staging"?']])(
    'that are %s',
    async (_what, name, expected) => {
      expect((await resolve(base, { profiles: { names: [name] } })).error).toContain(expected);
    },
  );

  it.each([
    ['env', {}],
    ['vars', { flags: { SLOW: `${'a'.repeat(40)}!` } }],
  ])('that look at %s with an expression that takes too long', async (kind, world) => {
    const { error } = await resolve(
      `profiles:\n- name: p\n  activation:\n  - ${kind}:\n      SLOW: ^(a+)+$`,
      { env: { SLOW: `${'a'.repeat(40)}!` }, ...world },
    );
    expect(error)
      .toBe(`devspace.yaml:6:13: profiles[0].activation[0].${kind}.SLOW: the regular expression ^(a+)+$ takes too long for the value of SLOW
  6 |       SLOW: ^(a+)+$
    |             ~~~~~~~`);
  });

  it('whose patches filter with such an expression', async () => {
    const { error } = await resolve(
      `images: {a: {image: ${'a'.repeat(40)}/b}}\nprofiles:\n- name: p\n  patches:\n  - op: remove\n    path: images[?(@.image =~ /^(a+)+$/)].tag`,
      { profiles: { names: ['p'] } },
    );
    expect(error).toContain('profiles[0].patches[0].path: the regular expression ^(a+)+$ takes too long\n');
  });

  it('that make the config wrong are named with it', async () => {
    const { error } = await resolve(
      'images: {a: {image: x}}\nprofiles:\n- name: p\n  patches:\n  - {op: add, path: images.a.tga, value: t}',
      { profiles: { names: ['p'] } },
    );
    expect(error).toMatchInlineSnapshot(`
      "devspace.yaml:6:35: images.a.tga (set in profiles[0].patches[0].value): unknown key, did you mean "tag"?
        6 |   - {op: add, path: images.a.tga, value: t}
          |                                   ~~~~~"
    `);
  });
});
