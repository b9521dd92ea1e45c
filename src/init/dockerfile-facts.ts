/** What a Dockerfile says about the container that runs it. */
export interface DockerfileFacts {
  readonly ports: readonly number[];
  /** The folder that the program runs in, when it is written as it is. */
  readonly workdir: string | undefined;
}

/** Of its last stage, or of the one named `target`; what a stage is made from counts as well when it is of the same file. */
export function dockerfileFacts(text: string, target?: string): DockerfileFacts {
  const lines = stageLines(text, target);
  const values = new Map<string, string>();
  for (const line of lines)
    for (const [, name = '', value = ''] of line.matchAll(
      /(?<=^\s*(?:ARG|ENV)\s(?:.*\s)?)(\w+)(?:=|\s+)["']?([^"'\s]+)/gi,
    ))
      values.set(name, value);
  const ports = lines.flatMap((line) =>
    (/^\s*EXPOSE\s+(.*)/i.exec(line)?.[1] ?? '')
      .replace(/\$\{?(\w+)\}?/g, (whole, name: string) => values.get(name) ?? whole)
      .split(/\s+/)
      .map((word) => Number(/^(\d+)(?:\/tcp)?$/.exec(word)?.[1]))
      .filter((port) => port > 0 && port <= 65_535),
  );
  const workdir = lines
    .map((line) => /^\s*WORKDIR\s+["']?([^"'\s]+)/i.exec(line)?.[1])
    .findLast((folder) => folder !== undefined);
  return {
    ports: [...new Set(ports)],
    workdir: workdir?.startsWith('/') && !workdir.includes('$') ? workdir : undefined,
  };
}

const FROM = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i;

/** The lines of a stage, behind those of the stages that it is made from. */
function stageLines(text: string, target: string | undefined): string[] {
  const stages: { name: string | undefined; from: string | undefined; lines: string[] }[] = [];
  const first: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [isFrom, from, name] = FROM.exec(line) ?? [];
    if (isFrom !== undefined)
      stages.push({ name: name?.toLowerCase(), from: from?.toLowerCase(), lines: [] });
    else (stages.at(-1)?.lines ?? first).push(line);
  }
  const linesOf = (index: number): string[] => {
    const stage = stages[index];
    if (!stage) return first;
    const base = stages.findLastIndex(
      ({ name }, at) => at < index && name !== undefined && name === stage.from,
    );
    return [...linesOf(base), ...stage.lines];
  };
  const wanted = stages.findIndex(({ name }) => name !== undefined && name === target?.toLowerCase());
  return linesOf(wanted === -1 ? stages.length - 1 : wanted);
}
