/** The bytes as text, or the line of the first byte that is not UTF-8. */
export function decodeUtf8(
  bytes: Uint8Array,
): { ok: true; text: string } | { ok: false; line: number; isUtf16: boolean } {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    // Where: the first byte that a forgiving decoder replaces, unless the file has U+FFFD of its own before it.
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const before = text.slice(0, text.indexOf('\uFFFD'));
    const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
    return { ok: false, line: before.split('\n').length, isUtf16 };
  }
}
