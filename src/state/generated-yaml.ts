import { parseDocument, stringify } from 'yaml';
import { isData, type Data } from './data.js';

/** Any YAML; undefined when it cannot be understood. */
export function parseGenerated(text: string): Data | undefined {
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  try {
    const value: unknown = document.toJS() ?? {};
    return isData(value) ? value : undefined;
  } catch {
    // An alias that leads nowhere, or far too many: not written by us.
    return undefined;
  }
}

export function generatedText(data: Data): string {
  return stringify(data);
}
