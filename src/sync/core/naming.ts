import { isReservedName, nameOf } from './path.js';

/** What the file system of the local root makes of names. The container's is taken to be an exact one: it runs Linux. */
export interface Naming {
  /** `Readme` and `README` are one file. */
  readonly caseInsensitive: boolean;
  /** A name with composed letters (NFC) and the same with decomposed ones (NFD) are one file. */
  readonly formInsensitive: boolean;
  /** Names come back decomposed, whatever they were given as (HFS+). */
  readonly decomposes: boolean;
  /** Windows' rules hold: forbidden characters, reserved names, no trailing dot or space. */
  readonly windows: boolean;
}

/** Every name is possible, and itself only. */
export const exactNaming: Naming = {
  caseInsensitive: false,
  formInsensitive: false,
  decomposes: false,
  windows: false,
};

/** What else the file system of the local root keeps, or not. */
export interface Traits {
  readonly naming: Naming;
  /** There are no mode bits, or not all: those seen say nothing, those of the container stand. */
  readonly modeless: boolean;
  /** Symlinks cannot be made, or not by this user. */
  readonly linkless: boolean;
  /** Milliseconds in which two writes get the same time; 0: a few at most. */
  readonly tickMs: number;
}

export const exactTraits: Traits = { naming: exactNaming, modeless: false, linkless: false, tickMs: 0 };

/**
 * Turns a path into what it has in common with every path that is the same one here; undefined where none is. Folds a little more than most file systems do (ß
 * is ss): leaving alone a path that could be here is safe, the other way round is not.
 */
export function namingKey(naming: Naming): ((path: string) => string) | undefined {
  if (!naming.caseInsensitive && !naming.formInsensitive) return undefined;
  return (path) => {
    const form = naming.formInsensitive ? path.normalize('NFC').replace(ignored, '') : path;
    // Upper first: σ and ς, s and ſ differ only in lower case.
    return naming.caseInsensitive ? folded(form) : form;
  };
}

/** HFS+ passes these over when it compares names. */
const ignored = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

const folded = (text: string): string => text.toUpperCase().toLowerCase();

/** The path as both sides know it, from the form in which the file system gives it. */
export const spelled = (naming: Naming, path: string): string =>
  naming.decomposes ? path.normalize('NFC') : path;

/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file; the slash cannot occur in a name. */
/** `DEVSPA~1` would find `.devspace`. */
const shortened = /^[^.]{1,8}~\d+(?:\.|$)/;
const isForbidden = (char: string): boolean => char < ' ' || '<>:"|?*\\'.includes(char);
const reserved = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:\.|$)/i;

/** Why the last name of a path cannot be used here, to follow the path in a sentence; undefined: it can. */
export function whyImpossible(naming: Naming, path: string): string | undefined {
  const name = nameOf(path);
  if (naming.decomposes && name.normalize('NFC') !== name)
    return 'the file system here spells its name in another way (Unicode NFD)';
  const key = namingKey(naming)?.(path) ?? path;
  if (key !== path && (key === '.devspace' || isReservedName(nameOf(key))))
    return `${key} is kept for sync itself`;
  if (!naming.windows) return undefined;
  const wrong = Array.from(name).find(isForbidden);
  if (wrong !== undefined) return `${JSON.stringify(wrong)} cannot be in a name here`;
  if (/[. ]$/.test(name)) return 'a name cannot end with a dot or a space here';
  if (shortened.test(name)) return 'it could be the short form of another name here';
  return reserved.test(name) ? 'its name is reserved here' : undefined;
}
