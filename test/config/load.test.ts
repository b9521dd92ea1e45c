import fc from 'fast-check';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.js';
import { load, messages, shown } from './problems.js';

const head = 'version: v1beta3\n';

describe('loadConfig', () => {
  it('gives what is written', () => {
    const text = `${head}
images:
  web: {image: "registry.local:5000/web", entrypoint: [npm, run, dev], build: {docker: {options: {buildArgs: {A: b}}}}}
deployments:
- name: web
  kubectl: {manifests: [kube/]}
dev:
  ports:
  - imageName: web
    forward: [{port: 8080, remotePort: 80}]
`;
    expect(load(text).config).toEqual({
      version: 'v1beta3',
      images: {
        web: {
          image: 'registry.local:5000/web',
          entrypoint: ['npm', 'run', 'dev'],
          build: { docker: { options: { buildArgs: { A: 'b' } } } },
        },
      },
      deployments: [{ name: 'web', kubectl: { manifests: ['kube/'] } }],
      dev: { ports: [{ imageName: 'web', forward: [{ port: 8080, remotePort: 80 }] }] },
    });
  });

  it.each([
    ['the version alone', head],
    ['a BOM', `\uFEFF${head}`],
    ['CRLF', 'version: v1beta3\r\nimages:\r\n  a: {image: b}\r\n'],
    ['comments and an explicit start', `# hello\n---\n${head}# bye\n`],
    ['an end mark', `${head}...\n`],
    ['empty sections', `${head}images:\ndeployments:\ndev:\n  sync:\n  logs: ~\ncommands: null\n`],
    ['quoted keys', '"version": "v1beta3"\n'],
    ['anchors', `${head}images: {a: &x {image: b}, c: *x}\n`],
    [
      'references with variables',
      `${head}dev: {sync: [{imageName: "\${NAME}"}], open: [{url: "\${URL}"}]}\n`,
    ],
    ['a registry with a port', `${head}images: {a: {image: "localhost:5000/a"}}\n`],
    ['any command', `${head}commands: [{name: a, command: "echo \${HOME} \`x\`"}]\n`],
  ])('takes %s', (_name, text) => {
    expect(shown(text)).toBe('no problems');
  });

  it.each([
    ['tag: 1.10', { tag: '1.10' }],
    ['tag: 0123', { tag: '0123' }],
    ['tag: 1e3', { tag: '1e3' }],
    ['tag: no', { tag: 'no' }],
    ['tag: true', { tag: 'true' }],
    ['tag: 12345678901234567890', { tag: '12345678901234567890' }],
    ['tag: ~', {}],
    ['cmd: [3000, true, x]', { cmd: ['3000', 'true', 'x'] }],
    ['createPullSecret: no', { createPullSecret: false }],
    ['createPullSecret: On', { createPullSecret: true }],
    [
      'build: {docker: {options: {buildArgs: {PORT: 80, EMPTY: , V: 1.0}}}}',
      { build: { docker: { options: { buildArgs: { PORT: '80', EMPTY: '', V: '1.0' } } } } },
    ],
    [
      'build: {docker: {skipPush: yes, options: {target: 1}}}',
      { build: { docker: { skipPush: true, options: { target: '1' } } } },
    ],
  ])('is forgiving about notation: %s', (line, expected) => {
    const { config } = load(`${head}images:\n  a:\n    image: x\n    ${line}\n`);
    expect(config.images?.['a']).toEqual({ image: 'x', ...expected });
  });

  it('does not touch what is not its own', () => {
    const { config } = load(
      `${head}deployments: [{name: a, helm: {chart: {name: x}, values: {a: 1.10, b: ~, c: {d: yes}}}}]`,
    );
    expect(config.deployments?.[0]?.helm?.values).toEqual({ a: 1.1, b: null, c: { d: 'yes' } });
  });

  it('merges, without anchored places changing each other', () => {
    const { config } = load(`${head}images:\n  a: &a {image: x, tag: 1}\n  b: {<<: *a, image: y}\n  c: *a\n`);
    expect(config.images).toEqual({
      a: { image: 'x', tag: '1' },
      b: { image: 'y', tag: '1' },
      c: { image: 'x', tag: '1' },
    });
  });

  it('keeps the order of the file', () => {
    const { config } = load(`${head}images: {z: {image: a}, a: {image: a}, m: {image: a}}`);
    expect(Object.keys(config.images ?? {})).toEqual(['z', 'a', 'm']);
  });

  it('is not confused by names of object methods', () => {
    const { config } = load(
      `${head}images: {constructor: {image: a}, toString: {image: b}}\ndev: {sync: [{imageName: constructor}]}`,
    );
    expect(Object.keys(config.images ?? {})).toEqual(['constructor', 'toString']);
    expect(messages(`${head}dev: {sync: [{imageName: valueOf}]}`)).toEqual([
      'dev.sync[0].imageName: there is no image "valueOf"',
    ]);
  });
});

// Far more than it takes: a machine may be busy. What is quadratic takes minutes.
describe('bad input', { timeout: 60_000 }, () => {
  const levels = 'abcdefghij'.split('');
  const bomb = levels.map((name, level) => {
    const item = level === 0 ? 'x' : `*${levels[level - 1]}`;
    return `${name}: &${name} [${Array.from({ length: 9 }, () => item).join(', ')}]`;
  });
  const wide = `a: &a [${'x, '.repeat(2000)}x]\nb: [${'*a, '.repeat(900)}*a]\n`;

  it.each([
    ['an alias bomb', `${head}${bomb.join('\n')}\n`, 'more than 200000 values'],
    ['a wide alias bomb', `${head}${wide}`, 'more than 200000 values'],
    [
      'very many aliases',
      `${head}a: &a 1\nb: [${'*a, '.repeat(1500)}*a]\n`,
      'more than 1000 uses of aliases',
    ],
    [
      'a merge bomb',
      `${head}a: &a {k: 1}\n${bomb
        .map((line) => line.replace('[', '{<<: [').replace(/\]$/, ']}'))
        .slice(1)
        .join('\n')}`,
      'more than 200000 values',
    ],
    ['deep flow', `${head}images: ${'['.repeat(50_000)}`, 'nested too deeply'],
    [
      'deep blocks',
      `${head}${Array.from({ length: 3000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')}`,
      '',
    ],
    ['more than 1 MB', `${head}${'# x\n'.repeat(300_000)}`, 'larger than 1 MB'],
    ['binary', '\u0000\u0001\u0002\u007f\uFFFF', ''],
    ['a key that is a list', `${head}? [a]\n: b\n`, 'a key must be a text'],
    ['a key that is nothing', `${head}: b\n`, 'a key must be a text'],
    ['just a text', 'hello', 'expected keys (version, images, …), found the text "hello"'],
  ])('%s is refused', (_name, text, message) => {
    const started = performance.now();
    const result = loadConfig({ file: 'devspace.yaml', text });
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.diagnostics[0]?.message).toContain(message);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it('takes a large map in reasonable time', () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => `  i${index}: {image: a}`);
    const started = performance.now();
    expect(Object.keys(load(`${head}images:\n${lines.join('\n')}\n`).config.images ?? {})).toHaveLength(
      20_000,
    );
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it.each([
    ['unknown keys', Array.from({ length: 100_000 }, (_, index) => `x${index}: 1`).join('\n')],
    [
      'images that do not exist',
      `dev: {logs: {images: [${Array.from({ length: 100_000 }, (_, index) => `x${index}`).join(', ')}]}}`,
    ],
    ['wrong values', `images: {${Array.from({ length: 50_000 }, (_, index) => `x${index}: 1`).join(', ')}}`],
    ['duplicate keys', 'a: 1\n'.repeat(50_000)],
    ['syntax errors', 'a: @x\n'.repeat(20_000)],
  ])('shows the first of very many problems: %s', (_name, text) => {
    const started = performance.now();
    const output = shown(`${head}${text}\n`);
    expect(output).toContain('devspace.yaml has 200 problems or more');
    expect(output).toMatch(/\n… and more\n$/);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  it('never throws, whatever the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'version: v1beta3',
        'images',
        ':',
        ': ',
        '\n',
        '  ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        '&a',
        '*a',
        '<<',
        '"',
        "'",
        '|',
        '#',
        '\t',
        '!x',
        '? ',
        '---',
        '%',
        'dev',
        'ports',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const result = loadConfig({ file: 'f', text: pieces.join('') });
        for (const { message, span, frame } of result.ok ? [] : result.diagnostics) {
          expect(message).not.toBe('');
          expect(span.line).toBeGreaterThan(0);
          expect(span.column).toBeGreaterThan(0);
          expect(frame).toHaveLength(2);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('images', 'deployments', 'dev', 'hooks', 'vars', 'profiles', 'x'),
          fc.jsonValue(),
        ),
        (value) => {
          const text = stringify({ version: 'v1beta3', ...value }, { aliasDuplicateObjects: false });
          const result = loadConfig({ file: 'f', text });
          if (!result.ok) expect(result.diagnostics.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
