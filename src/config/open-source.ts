import { plainSource, type ConfigSource } from './source.js';

/**
 * Reads YAML 1.2 with merge keys (`<<`), so `no`, `on` and `1:30` stay texts. `file` is only a name for messages. Never rejects for what the text
 * contains; a BOM and CRLF are fine. The parser that knows all of YAML is loaded only for files that need it.
 */
export async function openSource(file: string, text: string): Promise<ConfigSource> {
  const plain = plainSource(file, text);
  if (plain) return plain;
  const { fullSource } = await import('./full-source.js');
  return fullSource(file, text);
}
