import { isAlias, isMap, isScalar, isSeq, type Document, type Scalar } from 'yaml';
import { parseImageReference } from '../base/image-reference.js';
import type { Manifest } from './manifest.js';

/** A repository with the tag that was built for it. */
export interface BuiltTag {
  readonly repository: string;
  readonly tag: string;
}

export interface Replacement {
  /** The manifest with tags put in; everything else is untouched, byte for byte. */
  readonly text: string;
  /** References completed, as `repository:tag`. */
  readonly completed: readonly string[];
  /** References to a built repository that keep the tag or digest the manifest gives them. */
  readonly kept: readonly string[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

// Under these keys `image` is a name someone chose, not an image of a container; a colon would even make a label invalid.
const FREE_FORM = new Set(['metadata', 'labels', 'annotations', 'matchLabels', 'selector', 'nodeSelector']);
const DATA_KINDS = new Set(['ConfigMap', 'Secret']);

/**
 * Puts the built tag behind every image of a built repository that has neither tag nor digest. An image is the value of a key named exactly
 * `image`: in containers of any kind of pod and in custom resources, but not in labels, annotations or the data of a ConfigMap or Secret.
 */
export function replaceImages(manifest: Manifest, built: readonly BuiltTag[]): Replacement {
  const tags = new Map(
    built.map(({ repository, tag }) => [parseImageReference(repository)?.repository, tag]),
  );
  const edits: Edit[] = [];
  const completed: string[] = [];
  const kept: string[] = [];

  const visitImage = (node: unknown, document: Document): void => {
    const scalar = isAlias(node) ? node.resolve(document) : node;
    if (!isScalar(scalar) || typeof scalar.value !== 'string') return;
    const reference = parseImageReference(scalar.value);
    const tag = reference && tags.get(reference.repository);
    if (!reference || tag === undefined) return;
    if (reference.tag !== undefined || reference.digest !== undefined) {
      kept.push(scalar.value);
      return;
    }
    const value = `${reference.name}:${tag}`;
    completed.push(value);
    const range = (isAlias(node) ? node : scalar).range;
    if (range)
      edits.push({ start: range[0], end: range[1], text: isAlias(node) ? value : inStyle(value, scalar) });
  };

  const visit = (node: unknown, document: Document): void => {
    if (isSeq(node)) for (const item of node.items) visit(item, document);
    if (!isMap(node) || DATA_KINDS.has(String(node.get('kind')))) return;
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (name === 'image') visitImage(value, document);
      if (!FREE_FORM.has(name)) visit(value, document);
    }
  };

  for (const document of manifest.documents) visit(document.contents, document);
  return { text: apply(manifest.text, edits), completed, kept };
}

// An image reference needs no quotes and no escapes in any style.
function inStyle(value: string, scalar: Scalar): string {
  switch (scalar.type) {
    case 'QUOTE_DOUBLE':
      return `"${value}"`;
    case 'QUOTE_SINGLE':
      return `'${value}'`;
    case 'BLOCK_FOLDED':
    case 'BLOCK_LITERAL':
      return `${value}\n`;
    default:
      return value;
  }
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = '';
  let position = 0;
  for (const { start, end, text: replacement } of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(position, start) + replacement;
    position = end;
  }
  return result + text.slice(position);
}
