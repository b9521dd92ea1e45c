import { patternsOf } from '../ignore-lines.js';
import type { Stack } from '../language.js';
import type { Language } from '../languages.js';
import type { Survey } from '../survey.js';
import { dotnet } from './dotnet/facts.js';
import { fill } from './fill.js';
import { go } from './go/facts.js';
import { java } from './java/facts.js';
import { node } from './node/facts.js';
import { php } from './php/facts.js';
import { python } from './python/facts.js';
import { ruby } from './ruby/facts.js';
import { rust } from './rust/facts.js';
import type { FindFacts, Template, TemplateText } from './template.js';

const finders: Readonly<Record<Language, FindFacts>> = { node, python, go, java, php, ruby, rust, dotnet };

/**
 * The Dockerfile of a project. All run as a user that is not root, and copy what lists dependencies first, so that a change of sources does not
 * install them anew. Pure.
 */
export function makeTemplate(text: TemplateText, found: Survey, stack: Stack): Template {
  const { needsRestart, values } = finders[text.language](found, stack);
  const all = { ...values, port: String(stack.port) };
  const dockerfile = fill(text.dockerfile, all);
  return {
    dockerfile,
    ignore: patternsOf(fill(text.dockerignore, all)),
    target: /^FROM \S+ AS dev$/m.test(dockerfile) ? 'dev' : undefined,
    needsRestart,
  };
}
