import { parseDocument } from 'yaml';
import { Lines } from './lines.js';
import { Locator } from './locate.js';
import { MAX_CONFIG_CHARACTERS, plainSource, TextSource, withoutBom } from './source.js';
import type { Reading, YamlProblem } from './reading.js';
import type { ConfigSource } from './source.js';
import { asTree } from './tree.js';
import { controlProblem, syntaxProblems } from './yaml-problems.js';
import { structureProblems } from './yaml-structure.js';

/** openSource for those who cannot wait. */
export function readSource(file: string, text: string): ConfigSource {
  return plainSource(file, text) ?? fullSource(file, text);
}

/** Reads any YAML, and says what is wrong with it. Never throws for what the text contains. */
export function fullSource(file: string, written: string): ConfigSource {
  const text = withoutBom(written);
  return new TextSource(file, text, readFullYaml(text));
}

function readFullYaml(text: string): Reading {
  // Characters, not bytes: never more characters than bytes, and what read the file has checked its bytes.
  if (text.length > MAX_CONFIG_CHARACTERS) return refused([atStart('larger than 1 MB')]);
  const control = controlProblem(text);
  if (control) return refused([control]);
  const document = parseDocument(text, {
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const locator = new Locator(document);
  const locate: Reading['locate'] = (path) => locator.locate(path);
  const lines = new Lines(text);
  let problems = syntaxProblems(document, text);
  if (problems.length === 0) problems = structureProblems(document, (offset) => lines.at(offset));
  if (problems.length > 0) return { ...refused(problems), locate };
  try {
    // How often aliases are used was looked at before.
    return { value: asTree(document.toJS({ maxAliasCount: -1 })), problems: [], locate };
  } catch (error) {
    if (error instanceof RangeError) return refused([atStart('nested too deeply')]);
    throw error;
  }
}

function refused(problems: readonly YamlProblem[]): Reading {
  return { value: undefined, problems, locate: () => undefined };
}

function atStart(message: string): YamlProblem {
  return { code: 'CONFIG_INVALID', range: [0, 0], message };
}
