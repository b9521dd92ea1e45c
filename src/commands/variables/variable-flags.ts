import { Failure } from '../../base/failure.js';
import type { ProfileChoice } from '../../config/resolve.js';

/** The values of `--var NAME=VALUE`; the last of a name counts. Failure: USAGE. */
export function varFlags(value: unknown): Map<string, string> {
  const given = new Map<string, string>();
  for (const text of (value ?? []) as readonly string[]) {
    const { name, value } = assignment(text, '--var');
    given.set(name, value);
  }
  return given;
}

/** `NAME=VALUE`; the value may hold anything, also nothing. Failure: USAGE. */
export function assignment(text: string, where: string): { name: string; value: string } {
  const match = /^\s*([a-zA-Z0-9\-_.]+)\s*=(.*)$/s.exec(text);
  if (match) return { name: match[1] ?? '', value: match[2] ?? '' };
  throw new Failure({
    code: 'USAGE',
    // Not the whole text: it may be a password.
    message: `${where} wants NAME=VALUE, got ${text.includes('=') ? `the name ${JSON.stringify(text.slice(0, text.indexOf('=')))}` : JSON.stringify(text)}`,
    hint: where === '--var' ? '--var NAME=VALUE' : `devspace ${where} NAME=VALUE`,
  });
}

/** The profiles that flags choose, else `active`, the one of `devspace use profile`. Several are given one by one or with commas. */
export function profileFlags(
  flags: Readonly<Record<string, unknown>>,
  active: string | undefined,
): ProfileChoice {
  const named = listOf(flags['profile']);
  return {
    names: named.length > 0 || active === undefined ? named : [active],
    parents: listOf(flags['profileParent']),
    activation: flags['disableProfileActivation'] !== true,
  };
}

/** The name under which `.devspace` keeps what belongs to these profiles; '' for none. */
export function profileKey(profiles: readonly string[]): string {
  return profiles.join(',');
}

function listOf(value: unknown): string[] {
  return ((value ?? []) as readonly string[])
    .flatMap((text) => text.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
