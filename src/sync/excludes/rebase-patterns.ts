import ignore from 'ignore';

import { asInManual } from '../core/git-stars.js';

/**
 * gitignore patterns of a directory below the root, as patterns relative to the root that mean the same. Put behind those of the directories above,
 * they win over them as they do with git.
 */
export function patternsBelow(directory: string, patterns: readonly string[]): string[] {
  if (directory === '') return [...patterns];
  const prefix = `/${directory.split('/').map(escapeSegment).join('/')}`;
  return patterns.flatMap(asInManual).flatMap((pattern) => {
    const { negation, anchored, body } = parse(pattern);
    if (body === '') return [];
    return [`${negation}${prefix}/${anchored ? '' : '**/'}${body}`];
  });
}

/**
 * gitignore patterns of a directory above the root, as patterns relative to the root; `below` is where the root is, seen from that directory. What
 * can only match elsewhere, or the root itself, is left out.
 */
export function patternsAbove(below: string, patterns: readonly string[]): string[] {
  return patterns.flatMap(asInManual).flatMap((pattern) => {
    const { negation, anchored, body } = parse(pattern);
    if (body === '') return [];
    if (!anchored) return [pattern];
    let rests = [body.split('/')];
    for (const name of below.split('/')) rests = rests.flatMap((rest) => step(rest, name));
    return rests
      .filter((rest) => rest.length > 0 && rest.join('') !== '')
      .map((rest) => `${negation}/${rest.join('/')}`);
  });
}

/** What is left of a pattern behind one directory; several possibilities where `**` stands for any number of them. */
function step(rest: readonly string[], name: string): string[][] {
  const [first, ...others] = rest;
  if (first === undefined) return [];
  if (first === '**') return others.length === 0 ? [['**']] : [[...rest], ...step(others, name)];
  return matches(first, name) ? [others] : [];
}

function matches(segment: string, name: string): boolean {
  return (
    ignore({ ignorecase: false, allowRelativePaths: true })
      // Spaces before a slash count, those at the end would not.
      .add({ pattern: `/${segment}/` })
      .ignores(`${name}/`)
  );
}

function parse(pattern: string): { negation: string; anchored: boolean; body: string } {
  const negation = pattern.startsWith('!') ? '!' : '';
  const text = withoutTrailingSpaces(pattern.slice(negation.length));
  const slash = text.indexOf('/');
  const anchored = slash >= 0 && slash < text.length - 1;
  const body = anchored && slash === 0 ? text.slice(1) : text;
  return { negation, anchored, body: body === '/' ? '' : body };
}

/** Spaces at the end do not count, unless a backslash stands before. */
function withoutTrailingSpaces(text: string): string {
  const bare = text.replace(/ +$/, '');
  const backslashes = /\\*$/.exec(bare)?.[0].length ?? 0;
  return backslashes % 2 === 1 && bare.length < text.length ? `${bare} ` : bare;
}

function escapeSegment(name: string): string {
  return name.replace(/[\\*?[\]!# ]/g, String.raw`\$&`);
}
