/** What a Dockerfile says about the container that runs it: of its last stage. */
export interface DockerfileFacts {
  readonly ports: readonly number[];
  /** The folder that the program runs in, when it is written as it is. */
  readonly workdir: string | undefined;
}

export function dockerfileFacts(text: string): DockerfileFacts {
  const lines = text.split(/\r?\n/);
  const last = lines.findLastIndex((line) => /^\s*FROM\s/i.test(line));
  const stage = lines.slice(Math.max(0, last));
  const ports = stage.flatMap((line) =>
    (/^\s*EXPOSE\s+(.*)/i.exec(line)?.[1] ?? '')
      .split(/\s+/)
      .map((word) => Number(/^(\d+)(?:\/tcp)?$/.exec(word)?.[1]))
      .filter((port) => port > 0 && port <= 65_535),
  );
  const workdir = stage
    .map((line) => /^\s*WORKDIR\s+["']?([^"'\s]+)/i.exec(line)?.[1])
    .findLast((folder) => folder !== undefined);
  return {
    ports: [...new Set(ports)],
    workdir: workdir?.startsWith('/') && !workdir.includes('$') ? workdir : undefined,
  };
}
