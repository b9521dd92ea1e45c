import { parseDocument } from 'yaml';
import { Lines } from './lines.js';
import { Locator } from './locate.js';
import { MAX_CONFIG_BYTES, plainSource, TextSource, withoutBom } from './source.js';
import type { ConfigSource, Reading, YamlProblem } from './source.js';
import { asTree } from './tree.js';
import { structureProblems, syntaxProblems } from './yaml-problems.js';

/** More uses of aliases than any person writes; what a "billion laughs" file needs is far beyond. */
const MAX_ALIASES = 1000;
/** With aliases written out; some 40 MB. */
const MAX_VALUES = 1_000_000;

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
  const refused = (...problems: readonly YamlProblem[]): Reading => ({
    value: undefined,
    problems,
    locate: (path) => locator?.locate(path),
  });
  let locator: Locator | undefined;
  // Characters, not bytes: never more characters than bytes, and what read the file has checked its bytes.
  if (text.length > MAX_CONFIG_BYTES) return refused(atStart('larger than 10 MB'));
  const document = parseDocument(text, {
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  locator = new Locator(document);
  const syntax = syntaxProblems(document, text);
  if (syntax.length > 0) return refused(...syntax);
  const lines = new Lines(text);
  const structure = structureProblems(document, (offset) => lines.at(offset));
  if (structure.length > 0) return refused(...structure);
  try {
    const value = asTree(document.toJS({ maxAliasCount: MAX_ALIASES }), MAX_VALUES);
    if (value === undefined) return refused(atStart(`more than ${MAX_VALUES} values`));
    return { value, problems: [], locate: (path) => locator.locate(path) };
  } catch (error) {
    if (error instanceof RangeError) return refused(atStart('nested too deeply'));
    if (error instanceof ReferenceError) return refused(atStart(`more than ${MAX_ALIASES} uses of aliases`));
    throw error;
  }
}

function atStart(message: string): YamlProblem {
  return { code: 'CONFIG_INVALID', range: [0, 0], message };
}
