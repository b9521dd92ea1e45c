import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { addDeployment, removeDeployments } from '../../../src/config/edit/deployments.js';
import { editText, type Edit } from '../../../src/config/edit/edit.js';
import { addImageDeployment } from '../../../src/config/edit/image-deployments.js';
import { addImage, removeImages } from '../../../src/config/edit/images.js';
import { addPorts, parsePorts, removePorts } from '../../../src/config/edit/ports.js';
import { addSync, removeSyncs } from '../../../src/config/edit/sync-entries.js';
import { anyConfig } from './any-config.js';

type Change = (config: unknown) => Edit[];
const pods = { labelSelector: { app: 'new', tier: 'x y' } };
const unnamed = {};

/** What the commands add, and what they take away again: `devspace add …`, then `devspace remove …`. */
const pairs: Readonly<Record<string, readonly [Change, ...Change[]]>> = {
  image: [
    (config) => addImage(config, 'new', { image: 'x.io/new:1.0', context: 'new', buildTool: 'kaniko' }),
    (config) => removeImages(config, 'new', false),
  ],
  manifests: [
    (config) => addDeployment(config, 'new', { manifests: ['kube', 'a: b'], namespace: 'n' }),
    (config) => removeDeployments(config, 'new', false),
  ],
  chart: [
    (config) => addDeployment(config, 'new', { chart: 'pg', version: '1.10', repo: 'https://x.io' }),
    (config) => removeDeployments(config, 'new', false),
  ],
  'an image that is built and deployed': [
    (config) =>
      addImageDeployment(config, 'new', { image: 'x.io/new', dockerfile: 'new/Dockerfile', port: 80 }),
    (config) => removeDeployments(config, 'new', false),
    (config) => removeImages(config, 'new', false),
  ],
  'a port of pods that nothing is forwarded from yet': [
    (config) => addPorts(config, parsePorts('9000:90,9001'), pods),
    (config) => removePorts(config, '9000,9001', false, unnamed),
  ],
  'a port of pods that have one': [
    (config) => addPorts(config, parsePorts('9000'), { imageName: 'w' }),
    (config) => removePorts(config, '9000:9000', false, { imageName: 'w' }),
  ],
  'ports over UDP': [
    (config) => addPorts(config, parsePorts('9000,9001:53'), pods, { protocol: 'udp' }),
    (config) => removePorts(config, '9000,9001', false, unnamed),
  ],
  'reverse ports of pods that have forwards': [
    (config) => addPorts(config, parsePorts('9000,9001:53'), { imageName: 'w' }, { reverse: true }),
    (config) => removePorts(config, '9000,9001:53', false, unnamed, { reverse: true }),
  ],
  sync: [
    (config) => addSync(config, { local: 'src', container: '/app/src' }, ['a/', '!b'], pods),
    (config) => removeSyncs(config, { local: './src/' }, false, unnamed),
  ],
};

describe('add port', () => {
  const config = parse(`
dev:
  ports:
    - imageName: a
      forward: [{ port: 1 }, { port: 2, protocol: udp }]
      reverseForward: [{ port: 3 }]
`) as unknown;
  const a = { imageName: 'a' };

  it('writes protocol, helper and direction only where they are not what is usual', () => {
    const added = (...[text, pods, kind]: [string, { imageName: string }, Parameters<typeof addPorts>[3]]) =>
      addPorts(config, parsePorts(text), pods, kind).map(({ path, value }: Edit & { value?: unknown }) => ({
        path,
        value,
      }));
    expect(added('4', a, { protocol: 'tcp' })).toEqual([
      { path: ['dev', 'ports', 0, 'forward'], value: { port: 4 } },
    ]);
    expect(added('4:5', a, { protocol: 'udp', viaHelper: true })).toEqual([
      {
        path: ['dev', 'ports', 0, 'forward'],
        value: { port: 4, remotePort: 5, protocol: 'udp', viaHelper: true },
      },
    ]);
    expect(added('4', a, { reverse: true })).toEqual([
      { path: ['dev', 'ports', 0, 'reverseForward'], value: { port: 4 } },
    ]);
    // The same numbers are no trouble with another protocol, or in other pods.
    expect(added('1', a, { protocol: 'udp' })).toHaveLength(1);
    expect(added('3', { imageName: 'b' }, { reverse: true })).toEqual([
      { path: ['dev', 'ports'], value: { imageName: 'b', reverseForward: [{ port: 3 }] } },
    ]);
  });

  it.each<[string, Parameters<typeof addPorts>[3], string]>([
    ['1', {}, 'there is a forward from port 1 already'],
    ['2:9', { protocol: 'udp' }, 'there is a forward from port 2 already'],
    ['9:3', { reverse: true }, 'there is a reverse forward from remote port 3 already'],
    ['9', { protocol: 'sctp' }, '--protocol sctp is not known'],
    ['9', { reverse: true, viaHelper: true }, '--via-helper does not go with --reverse'],
  ])('refuses %s with %j', (text, kind, message) => {
    expect(() => addPorts(config, parsePorts(text), a, kind)).toThrow(message);
  });
});

describe('add, then remove', () => {
  it.each(Object.keys(pairs))(
    '%s gives back the same bytes',
    (name) => {
      const changes = pairs[name] ?? [];
      fc.assert(
        fc.property(anyConfig, (before) => {
          let text = before;
          for (const [index, change] of changes.entries()) {
            text = editText('devspace.yaml', text, change(parse(text)));
            if (index === 0) expect(text).not.toBe(before);
          }
          expect(text).toBe(before);
        }),
        { numRuns: 30 },
      );
    },
    60_000,
  );
});

it('adds to what an entry forwards from its pods, and takes away only what was added', () => {
  const before =
    'dev:\n  ports:\n  - imageName: w\n    reverseForward:\n    - port: 9229\nimages:\n  w: {image: w}\n';
  const edit = (text: string, change: Change) => editText('devspace.yaml', text, change(parse(text)));
  const added = edit(before, (config) => addPorts(config, parsePorts('8080'), { imageName: 'w' }));
  expect(parse(added)).toMatchObject({
    dev: { ports: [{ imageName: 'w', reverseForward: [{ port: 9229 }], forward: [{ port: 8080 }] }] },
  });
  const removed = edit(added, (config) => removePorts(config, '8080', false, unnamed));
  expect(removed).toBe(before);
});

describe('remove', () => {
  const config = `images:
  a: {image: a}
  b: {image: b}
deployments:
- {name: d}
- {name: e}
dev:
  ports:
  - imageName: a
    forward: [{port: 1}, {port: 2, remotePort: 3}]
  - labelSelector: {app: x}
    forward: [{port: 4}]
  sync:
  - imageName: a
    localSubPath: src
    containerPath: /src
  - labelSelector: {app: x}
    containerPath: /src
`;
  const left = (change: Change): unknown => parse(editText('devspace.yaml', config, change(parse(config))));

  it.each<[string, Change, object]>([
    ['image --all', (c) => removeImages(c, undefined, true), { images: undefined }],
    ['image NAME', (c) => removeImages(c, 'a', false), { images: { b: { image: 'b' } } }],
    ['deployment --all', (c) => removeDeployments(c, undefined, true), { deployments: undefined }],
    ['deployment NAME', (c) => removeDeployments(c, 'd', false), { deployments: [{ name: 'e' }] }],
    ['port --all', (c) => removePorts(c, undefined, true, {}), { dev: { ports: undefined } }],
    [
      'port --all --label-selector',
      (c) => removePorts(c, undefined, true, { labelSelector: { app: 'x' } }),
      { dev: { ports: [{ imageName: 'a' }] } },
    ],
    [
      'port REMOTE',
      (c) => removePorts(c, '3', false, {}),
      { dev: { ports: [{ forward: [{ port: 1 }] }, { forward: [{ port: 4 }] }] } },
    ],
    [
      'port LOCAL:REMOTE,LOCAL',
      (c) => removePorts(c, '2:3,4', false, {}),
      { dev: { ports: [{ forward: [{ port: 1 }] }] } },
    ],
    ['sync --all', (c) => removeSyncs(c, {}, true, {}), { dev: { sync: undefined } }],
    [
      'sync --container --label-selector',
      (c) => removeSyncs(c, { container: '/src/' }, false, { labelSelector: { app: 'x' } }),
      { dev: { sync: [{ imageName: 'a' }] } },
    ],
    [
      // Without localSubPath it is the folder of devspace.yaml.
      'sync --local',
      (c) => removeSyncs(c, { local: '.' }, false, {}),
      { dev: { sync: [{ localSubPath: 'src' }] } },
    ],
  ])('%s', (_, change, expected) => {
    const { dev, ...rest } = expected as { dev?: object };
    expect({ images: undefined, deployments: undefined, ...(left(change) as object) }).toMatchObject(rest);
    const after = (left(change) as { dev: object }).dev;
    if (dev) expect({ ports: undefined, sync: undefined, ...after }).toMatchObject(dev);
  });
});
