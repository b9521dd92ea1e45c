import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measurement } from './figures.js';
import type { PackageUnderTest } from './package-under-test.js';

const RAW = { limit: 3_500_000, text: '3.5 MB' };
const GZIPPED = { limit: 1_300_000, text: '1.3 MB' };

/** Bytes that are downloaded by npm, and sent into a container. */
export function measureSize(tested: PackageUnderTest): Measurement[] {
  const manifest = readFileSync(join(tested.dir, 'dist', 'helper', 'manifest.json'), 'utf8');
  const helpers = Object.entries(JSON.parse(manifest) as Record<string, { size: number; gzipSize: number }>);
  return [
    {
      name: 'helper',
      unit: 'bytes',
      figures: helpers.flatMap(([arch, { gzipSize, size }]) => [
        { subject: `${arch}, raw`, samples: [size], target: RAW },
        { subject: `${arch}, gzip -9`, samples: [gzipSize], target: GZIPPED },
      ]),
    },
    {
      name: 'npm package',
      unit: 'bytes',
      figures: [
        { subject: 'tarball', samples: [tested.tarballBytes] },
        { subject: 'unpacked', samples: [tested.unpackedBytes] },
      ],
    },
  ];
}
