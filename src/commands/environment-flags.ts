import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { Failure } from '../base/failure.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags that an environment variable gives to a command. */
export interface EnvironmentFlags {
  readonly variable: string;
  readonly words: readonly string[];
}

/**
 * The flags of DEVSPACE_FLAGS, for every command, and of the command's own variable, which come behind: DEVSPACE_DEV_FLAGS, DEVSPACE_LIST_VARS_FLAGS.
 * The environment counts, else the file .env in `cwd`. Failure: USAGE, for a quote that does not end.
 */
export function environmentFlags(path: readonly string[], env: Environment, cwd: string): EnvironmentFlags[] {
  const dotenv = readDotenv(cwd);
  const own = ['DEVSPACE', ...path, 'FLAGS'].join('_').replaceAll('-', '_').toUpperCase();
  return ['DEVSPACE_FLAGS', own].flatMap((variable) => {
    const text = env[variable] ?? dotenv[variable] ?? '';
    return text.trim() === '' ? [] : [{ variable, words: splitWords(variable, text) }];
  });
}

// Whatever is wrong with the file is told when the project is opened.
function readDotenv(folder: string): Environment {
  try {
    return parseEnv(readFileSync(join(folder, '.env'), 'utf8'));
  } catch {
    return {};
  }
}

/** Words as a shell has them: separated by blanks, which quotes and backslashes keep. */
export function splitWords(variable: string, text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? '';
    if (char === '\\' && quote !== "'" && index + 1 < text.length) word = (word ?? '') + text[++index];
    else if (char === quote) quote = undefined;
    else if (quote === undefined && (char === '"' || char === "'")) [quote, word] = [char, word ?? ''];
    else if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + char;
  }
  if (quote !== undefined) {
    throw new Failure({
      code: 'USAGE',
      message: `the environment variable ${variable} has a quote (${quote}) that does not end: ${text}`,
      subject: variable,
      hint: `${variable}='-n my-namespace'`,
    });
  }
  return word === undefined ? words : [...words, word];
}
