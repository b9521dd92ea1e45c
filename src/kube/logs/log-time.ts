/** 2026-01-01T00:00:00.123456789+02:00 and a space. */
export const maxTimeBytes = 36;

/** Where the space after a timestamp at `start` is; -1 when there is none. */
export function timeEnd(data: Buffer, start: number, end: number): number {
  // 2026-01-01T00:00:00Z to 2026-01-01T00:00:00.123456789+02:00
  if (data[start + 4] !== 0x2d || data[start + 10] !== 0x54) return -1;
  const last = Math.min(end, start + maxTimeBytes);
  for (let at = start + 20; at < last; at += 1) if (data[at] === 0x20) return at;
  return -1;
}

/** Of a log that is read from the beginning of a line. */
export function timeOfFirstLine(data: Buffer): string | undefined {
  const space = timeEnd(data, 0, data.length);
  return space < 0 ? undefined : data.toString('latin1', 0, space);
}
