import type { Survey } from '../survey.js';

export function has(found: Survey, file: string): boolean {
  return found.files.includes(file);
}

/** Of `names`, those that are there, as words. */
export function present({ files }: Survey, ...names: string[]): string {
  return names.filter((name) => files.includes(name)).join(' ');
}

/** The text of the first of `names` that is there and can be read; empty when none is. */
export function textOf({ texts }: Survey, ...names: string[]): string {
  return names.map((name) => texts.get(name)).find((text) => text !== undefined) ?? '';
}

/** The first file named like `name` whose text has `mark`, with what its groups found. */
export function sourceWith(
  { texts }: Survey,
  name: RegExp,
  mark: RegExp,
): { file: string; match: RegExpExecArray } | undefined {
  for (const [file, text] of texts) {
    const match = name.test(file) ? mark.exec(text) : null;
    if (match) return { file, match };
  }
  return undefined;
}

/** How the project says that it is started: the `web` of a Procfile, as the words of a shell that hands over to it. */
export function procfileCommand(found: Survey): string[] | undefined {
  const line = /^web:[ \t]*(\S.*)$/m.exec(textOf(found, 'Procfile'))?.[1]?.trim();
  return line === undefined ? undefined : ['sh', '-c', `exec ${line}`];
}

/** `3.11` of `3.11.7`, as images are tagged; undefined where `text` begins with no version. */
export function minorVersion(text: string): string | undefined {
  return /^\D{0,8}(\d+\.\d+)/.exec(text.trim())?.[1];
}
