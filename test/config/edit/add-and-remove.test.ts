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
  sync: [
    (config) => addSync(config, { local: 'src', container: '/app/src' }, ['a/', '!b'], pods),
    (config) => removeSyncs(config, { local: './src/' }, false, unnamed),
  ],
};

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
