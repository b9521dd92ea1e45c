import type { Language } from '../language.js';
import { dotnet } from './dotnet.js';
import { go } from './go.js';
import { java } from './java.js';
import { node } from './node.js';
import { php } from './php.js';
import { python } from './python.js';
import { ruby } from './ruby.js';
import { rust } from './rust.js';
import type { MakeTemplate } from './template.js';

export const templates: Readonly<Record<Language, MakeTemplate>> = {
  node,
  python,
  go,
  java,
  php,
  ruby,
  rust,
  dotnet,
};
