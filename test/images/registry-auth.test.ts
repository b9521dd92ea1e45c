import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findLogin } from '../../src/images/registry-auth.js';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'devspace-auth-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const config = (value: unknown): void => writeFileSync(join(dir, 'config.json'), JSON.stringify(value));
const helper = (name: string, script: string): void =>
  writeFileSync(join(dir, `docker-credential-${name}`), `#!/bin/sh\nread key\n${script}\n`, { mode: 0o755 });
const find = async (registry: string) =>
  await findLogin(registry, { DOCKER_CONFIG: dir, PATH: `${dir}:${process.env['PATH']}` });

describe('findLogin in config.json', () => {
  it.each([
    ['r.io', { 'r.io': { auth: encoded('me:p:w') } }, { username: 'me', password: 'p:w' }],
    [
      'docker.io',
      { 'https://index.docker.io/v1/': { auth: encoded('me:pw') } },
      { username: 'me', password: 'pw' },
    ],
    [
      'r.io:5000',
      { 'https://r.io:5000/v2/': { auth: encoded('me:pw') } },
      { username: 'me', password: 'pw' },
    ],
    ['r.io', { 'r.io': { username: 'me', password: 'pw' } }, { username: 'me', password: 'pw' }],
    ['r.io', { 'r.io': { auth: encoded('me:pw'), identitytoken: 'x' } }, undefined],
    ['r.io', { 'r.io': { auth: encoded('me:') } }, undefined],
    ['r.io', { 'r.io': {} }, undefined],
    ['r.io', { 'other.io': { auth: encoded('me:pw') } }, undefined],
  ])('%s in %j', async (registry, auths, expected) => {
    config({ auths });
    expect(await find(registry)).toEqual(expected);
  });

  it('takes a missing or broken file as no login', async () => {
    expect(await find('r.io')).toBeUndefined();
    writeFileSync(join(dir, 'config.json'), '{');
    expect(await find('r.io')).toBeUndefined();
  });
});

describe('findLogin with a credential helper', () => {
  const answer = (name: string): string =>
    `printf '{"ServerURL":"%s","Username":"${name}","Secret":"pw of %s"}' "$key" "$key"`;

  it('asks the helper of the registry, else the common one', async () => {
    helper('own', answer('own'));
    helper('common', answer('common'));
    config({ credsStore: 'common', credHelpers: { 'r.io': 'own' } });
    expect(await find('r.io')).toEqual({ username: 'own', password: 'pw of r.io' });
    expect(await find('docker.io')).toEqual({
      username: 'common',
      password: 'pw of https://index.docker.io/v1/',
    });
  });

  it.each([
    ['credentials not found', 'echo "credentials not found in native keychain"; exit 1'],
    ['an identity token', answer('<token>')],
    ['nonsense', 'echo hello'],
  ])('takes %s as no login', async (_, script) => {
    helper('common', script);
    config({ credsStore: 'common' });
    expect(await find('r.io')).toBeUndefined();
  });

  it('looks into the file when the helper is missing or knows nothing', async () => {
    config({ credsStore: 'missing', auths: { 'r.io': { auth: encoded('me:pw') } } });
    expect(await find('r.io')).toEqual({ username: 'me', password: 'pw' });
  });
});
