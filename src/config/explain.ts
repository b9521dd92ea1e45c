import { Document, isCollection, isMap, isPair, isScalar } from 'yaml';
import type { Path } from './path.js';
import { originTexts, printable, type Printable, type PrintOptions, type Resolved } from './print.js';

/** What printConfig prints, with a comment behind each single value: where it comes from. */
export function explainConfig(result: Resolved, options: PrintOptions): Printable<string> {
  const { config, hidden } = printable(result, { ...options, escape: true });
  const document = new Document(config, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  const originText = originTexts(result);
  annotate(document.contents, [], (path) => ` ${originText(path).replaceAll(/\s+/g, ' ')}`);
  return { config: document.toString({ lineWidth: 0, flowCollectionPadding: false }), hidden };
}

function annotate(node: unknown, path: Path, comment: (path: Path) => string): void {
  if (isScalar(node)) node.comment = comment(path);
  else if (isCollection(node)) {
    for (const [index, item] of node.items.entries()) {
      const key = isMap(node) && isPair(item) && isScalar(item.key) ? String(item.key.value) : index;
      annotate(isPair(item) ? item.value : item, [...path, key], comment);
    }
  }
}
