/** One line of a container's log. */
export interface LogLine {
  /** When the container wrote it, RFC 3339 with nanoseconds; undefined when timestamps were not asked for. */
  time: string | undefined;
  text: string;
}

/** Longer lines come in several pieces. */
export const maxLineBytes = 1024 * 1024;

/**
 * Cuts a byte stream into lines (without their line ends), as many at a time as arrived together. Memory is bounded: a line over `limit` bytes comes
 * in pieces, never cut inside a character. A last line without a line end counts, unless `endedOnly`.
 */
export async function* splitLines(
  source: AsyncIterable<Buffer>,
  { limit = maxLineBytes, endedOnly = false } = {},
): AsyncGenerator<string[]> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  for await (const chunk of source) {
    const end = chunk.lastIndexOf(0x0a);
    if (end >= 0) {
      const whole = heldBytes > 0 ? Buffer.concat([...held, chunk.subarray(0, end)]) : chunk.subarray(0, end);
      yield whole.toString('utf8').split('\n');
      held = [];
      heldBytes = 0;
    }
    const rest = chunk.subarray(end + 1);
    if (rest.length > 0) {
      held.push(rest);
      heldBytes += rest.length;
    }
    while (heldBytes > limit) {
      const all = Buffer.concat(held);
      const cut = characterStart(all, limit);
      yield [all.toString('utf8', 0, cut)];
      held = [all.subarray(cut)];
      heldBytes = all.length - cut;
    }
  }
  if (heldBytes > 0 && !endedOnly) yield [Buffer.concat(held).toString('utf8')];
}

/** Takes the kubelet's timestamp off the front of a line; a piece of a cut line has none. */
export function parseLogLine(line: string): LogLine {
  const space = line.indexOf(' ');
  // 2026-01-01T00:00:00Z to 2026-01-01T00:00:00.123456789+02:00
  if (space >= 20 && space <= 35 && line.charCodeAt(4) === 0x2d && line.charCodeAt(10) === 0x54) {
    return { time: line.slice(0, space), text: line.slice(space + 1) };
  }
  return { time: undefined, text: line };
}

/** The last position at or before `at` where a UTF-8 character begins. */
function characterStart(data: Buffer, at: number): number {
  for (let position = at; position > at - 4 && position > 0; position -= 1) {
    if ((data[position]! & 0xc0) !== 0x80) return position;
  }
  return at;
}
