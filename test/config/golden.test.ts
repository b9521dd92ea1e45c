import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { shown } from './problems.js';

const folder = fileURLToPath(new URL('../golden/config/', import.meta.url));
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.slice(0, -'.yaml'.length));

// Each test/golden/config/NAME.yaml has the whole text a user sees beside it, in NAME.txt.
describe('what a user sees of', () => {
  it('something', () => {
    expect(names.length).toBeGreaterThan(20);
  });

  it.each(names)('%s', async (name) => {
    const text = shown(readFileSync(`${folder}${name}.yaml`, 'utf8'));
    expect(text).not.toBe('no problems');
    await expect(text).toMatchFileSnapshot(`${folder}${name}.txt`);
  });
});
