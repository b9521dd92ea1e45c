import { posix } from 'node:path';
import { Failure } from '../base/failure.js';

/**
 * .dockerignore, after Docker's own rules (docs.docker.com "Build context", moby/patternmatcher), which are not those of .gitignore:
 * every pattern is anchored at the context's root, a pattern that matches a folder also matches what is in it, `**` stands for any number of
 * folders, and the last pattern that matches decides, so `!` can bring back a file below an excluded folder.
 */
export interface Dockerignore {
  /** The folder above everything, where a walk starts. */
  readonly root: Match;
  /** Whether `path` (relative to the context, `/` between names) is left out, given the match of the folder that holds it. */
  match(path: string, parent: Match): Match;
  /** True when something below the excluded folder `path` may be brought back, so that a walk has to go in. */
  mayReinclude(path: string): boolean;
}

/** Of one path: opaque for everyone but the matcher, except for `excluded`. */
export interface Match {
  readonly excluded: boolean;
  /** Per pattern: it matches the path or a folder above it. */
  readonly hits: readonly boolean[];
}

interface Pattern {
  readonly text: string;
  readonly negated: boolean;
  readonly regex: RegExp;
}

/** Reads the text of a .dockerignore; `file` names it in the failure DOCKERIGNORE_INVALID. */
export function parseDockerignore(text: string, file = '.dockerignore'): Dockerignore {
  const patterns = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((line, index) => parseLine(line, `${file}:${index + 1}`));
  return {
    root: { excluded: false, hits: patterns.map(() => false) },
    match(path, parent) {
      const hits = patterns.map(({ regex }, index) => parent.hits[index] || regex.test(path));
      const last = hits.lastIndexOf(true);
      return { excluded: last >= 0 && !patterns[last]?.negated, hits };
    },
    mayReinclude: (path) => patterns.some(({ text, negated }) => negated && mayMatchBelow(text, path)),
  };
}

function parseLine(line: string, place: string): Pattern[] {
  // A comment is a line whose very first character is `#`; blanks are trimmed only afterwards.
  const trimmed = line.startsWith('#') ? '' : line.trim();
  if (trimmed === '') return [];
  const negated = trimmed.startsWith('!');
  const written = negated ? trimmed.slice(1).trim() : trimmed;
  if (written === '') throw invalid(place, trimmed);
  const text = posix
    .normalize(written)
    .replace(/(?<=.)\/$/, '')
    .replace(/^\/(?=.)/, '');
  try {
    return [{ text, negated, regex: new RegExp(translate(text), 's') }];
  } catch {
    throw invalid(place, trimmed);
  }
}

function invalid(place: string, pattern: string): Failure {
  return new Failure({
    code: 'DOCKERIGNORE_INVALID',
    message: `${place} holds a pattern that Docker cannot read: ${pattern}`,
    subject: place,
    hint: 'Correct or remove that line',
  });
}

function translate(pattern: string): string {
  // Without any other special character Docker compares `**` at the start or end as a plain suffix or prefix: `**x` takes `ax` too.
  const suffix = /^\*\*([^*?[\]\\/][^*?[\]\\]*)?$/.exec(pattern);
  if (suffix) return `^.*${escape(suffix[1] ?? '')}$`;
  const tokens = pattern.matchAll(/(\*\*\/?$)|(\*\*\/?)|(\*)|(\?)|(\[\^?[^\]]+\])|\\(.)|(.)/gs);
  let regex = '^';
  for (const [, tail, anyFolders, any, one, set, escaped, plain] of tokens) {
    if (tail) regex += '.*';
    else if (anyFolders) regex += '(?:.*/)?';
    else if (any) regex += '[^/]*';
    else if (one) regex += '[^/]';
    else if (set) regex += set;
    else if (plain === '[' || plain === ']') throw new SyntaxError('unclosed set');
    else regex += escape(escaped ?? plain ?? '');
  }
  return `${regex}$`;
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

// Only names before the first wildcard can rule a folder out; in doubt the walk goes in.
function mayMatchBelow(pattern: string, folder: string): boolean {
  const names = folder.split('/');
  for (const [index, part] of pattern.split('/').entries()) {
    if (index >= names.length || /[*?[\\]/.test(part)) return true;
    if (part !== names[index]) return false;
  }
  // The pattern matches a folder above: then everything below is decided by the order of the patterns.
  return true;
}
