import fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { explainConfig } from '../../src/config/explain.js';
import { jsonSchema } from '../../src/config/json-schema.js';
import { originsOf, printConfig } from '../../src/config/print.js';
import { NO_PROFILES, resolveConfig } from '../../src/config/resolve.js';
import { failureOf } from '../../src/config/diagnostic.js';
import { configWith, placesOf, sampleOf } from './sample-config.js';

async function resolve(text: string, values: Record<string, string> = {}, profiles: string[] = []) {
  const result = await resolveConfig({
    file: 'devspace.yaml',
    text,
    profiles: { ...NO_PROFILES, names: profiles },
    sections: ['images', 'deployments', 'dev', 'dependencies', 'hooks'],
    answers: async () => ({
      given: new Map(Object.entries(values)),
      env: {},
      dotenv: {},
      cached: {},
      predefined: async () => undefined,
      run: async () => '',
      hide: () => undefined,
      platform: 'linux',
    }),
  });
  if (!result.ok)
    throw 'missing' in result ? new Error(JSON.stringify(result.missing)) : failureOf(result.diagnostics);
  return result;
}

const text = `version: v1beta3
images:
  web: {image: "\${REGISTRY}/web", tag: "\${TAG}", build: {docker: {options: {buildArgs: {API_TOKEN: abc, PORT: "80"}}}}}
deployments:
- name: web
  helm:
    chart: {name: c, username: u, password: p}
    values: {db: "postgres://\${USER}:\${PASS}@db", literal: "$\${X}", many: "a\\nb\\n", none: {}, pin: "\${PIN}"}
vars:
- {name: PASS, password: true}
- {name: PIN, password: true, source: none, default: 12}
profiles:
- name: p
  merge: {images: {web: {dockerfile: "D-\${TAG}"}}}
commands: [{name: a, command: "echo \${X}"}]
`;
const values = { REGISTRY: 'r', TAG: '1.10', USER: 'u', PASS: 'xy' };

describe('the printed config', () => {
  it('is what commands work with, without passwords', async () => {
    expect(printConfig(await resolve(text, values, ['p']), {}).config).toMatchInlineSnapshot(`
      "version: v1beta3
      images:
        web:
          image: r/web
          tag: "1.10"
          dockerfile: D-1.10
          build:
            docker:
              options:
                buildArgs:
                  API_TOKEN: "***"
                  PORT: "80"
      deployments:
        - name: web
          helm:
            chart:
              name: c
              username: u
              password: "***"
            values:
              db: postgres://u:***@db
              literal: $\${X}
              many: |
                a
                b
              none: {}
              pin: "***"
      commands:
        - name: a
          command: echo \${X}
      "
    `);
  });

  it('says where each value comes from', async () => {
    expect(explainConfig(await resolve(text, values, ['p']), {}).config).toMatchInlineSnapshot(`
      "version: v1beta3 # devspace.yaml:1
      images:
        web:
          image: r/web # devspace.yaml:3, REGISTRY from --var
          tag: "1.10" # devspace.yaml:3, TAG from --var
          dockerfile: D-1.10 # devspace.yaml:14, profile p, TAG from --var
          build:
            docker:
              options:
                buildArgs:
                  API_TOKEN: "***" # devspace.yaml:3
                  PORT: "80" # devspace.yaml:3
      deployments:
        - name: web # devspace.yaml:5
          helm:
            chart:
              name: c # devspace.yaml:7
              username: u # devspace.yaml:7
              password: "***" # devspace.yaml:7
            values:
              db: postgres://u:***@db # devspace.yaml:8, USER from --var, PASS from --var
              literal: $\${X} # devspace.yaml:8
              many: | # devspace.yaml:8
                a
                b
              none: {}
              pin: "***" # devspace.yaml:8, PIN from default
      commands:
        - name: a # devspace.yaml:15
          command: echo \${X} # devspace.yaml:15
      "
    `);
    expect(originsOf(await resolve(text, values, ['p'])).slice(0, 4)).toMatchInlineSnapshot(`
      [
        {
          "line": 1,
          "path": "version",
        },
        {
          "line": 3,
          "path": "images.web.image",
          "variables": {
            "REGISTRY": "--var",
          },
        },
        {
          "line": 3,
          "path": "images.web.tag",
          "variables": {
            "TAG": "--var",
          },
        },
        {
          "line": 14,
          "path": "images.web.dockerfile",
          "profile": "p",
          "variables": {
            "TAG": "--var",
          },
        },
      ]
    `);
  });

  it.each([false, true])('loads to the same config (explained: %s)', async (explain) => {
    const first = await resolve(text, values, ['p']);
    const again = await resolve((explain ? explainConfig : printConfig)(first, { showSecrets: true }).config);
    const { profiles: _, vars: __, ...config } = first.config;
    expect(again.config).toEqual(config);
  });

  it('loads to the same config, whatever the values are', async () => {
    const word = fc.oneof(
      fc.constantFrom(
        '${A}',
        '$${A}',
        '$!{A}',
        '$$$!{B}',
        '${',
        '}',
        '$',
        '80',
        'true',
        'no',
        '~',
        '1.10',
        '0123',
        ' x ',
        '# y',
        'a: b',
        '*a',
        '&a',
        '!t',
        '- x',
        '|',
        '>',
        "'",
        '"',
        '\\',
        'x\ny\n',
        '\t',
        '\u0085',
        '%',
        '@',
        '`',
        '',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    );
    const text = fc.array(word, { maxLength: 3 }).map((words) => words.join(''));
    // << is a merge key and __proto__ no key of its own in an object literal.
    const key = text.filter((name) => name !== '<<' && name !== '__proto__');
    const free = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    const config = fc.record(
      {
        version: fc.constant('v1beta3'),
        images: fc.dictionary(
          fc.stringMatching(/^[a-z]{1,5}$/),
          fc.record(
            {
              image: fc.constantFrom('x', '${A}/x'),
              tag: text,
              entrypoint: fc.array(text, { maxLength: 3 }),
            },
            { requiredKeys: ['image'] },
          ),
          { maxKeys: 2 },
        ),
        deployments: fc
          .constant(0)
          .chain(() =>
            fc
              .tuple(fc.dictionary(key, free, { maxKeys: 3 }))
              .map(([values]) => [{ name: 'a', helm: { chart: { name: 'c' }, values } }]),
          ),
        commands: fc
          .array(fc.record({ command: text.filter((line) => line !== '') }), { maxLength: 2 })
          .map((list) => list.map(({ command }, index) => ({ name: `c${index}`, command }))),
        vars: fc.constant([
          { name: 'A', default: 5 },
          { name: 'B', default: '${A}' },
        ]),
      },
      { requiredKeys: ['version'] },
    );
    await fc.assert(
      fc.asyncProperty(config, fc.boolean(), async (value, explain) => {
        const written = stringify(value, { aliasDuplicateObjects: false, merge: true });
        const first = await resolve(written, { A: '5', B: 'b', C: 'c' });
        const { vars: _, ...expected } = first.config;
        const again = await resolve(
          (explain ? explainConfig : printConfig)(first, { showSecrets: true }).config,
        );
        expect(again.config).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  const places = placesOf(jsonSchema()).filter(({ path }) => !/^(?:vars|profiles)/.test(path));

  it.each(places)('loads to the same config with $path', async ({ path, schema }) => {
    const sample = sampleOf(schema, path);
    // Only where any text will do.
    const texts =
      sample === 'a' ? ['0x1F', '1.10', 'yes', '~', '$!{A}', '$${A}', 'a\n\n b\n', '# a: b', "it's"] : [];
    for (const value of [sample, ...texts]) {
      const config = configWith(jsonSchema(), path, value);
      const written = stringify(config, { aliasDuplicateObjects: false });
      const first = await resolve(written, { A: '5' }).catch(() => undefined);
      // What is no value of this place is refused, which is tested elsewhere; the sample is one.
      if (!first) expect(value).not.toBe(sample);
      else
        expect((await resolve(printConfig(first, { showSecrets: true }).config)).config).toEqual(
          first.config,
        );
    }
  });
});
