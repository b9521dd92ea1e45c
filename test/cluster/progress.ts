/** Is told what happens while the cluster is started or stopped, one line each time. Only the caller prints. */
export type OnProgress = (line: string) => void;

/** After this long a step is announced before it has ended: someone may be waiting. */
const SLOW_MS = 2000;

/** Runs one named step and reports it with its time; a slow one also while it runs. */
export async function step<T>(onProgress: OnProgress, name: string, run: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const timer = setTimeout(() => onProgress(`${name} …`), SLOW_MS);
  try {
    const result = await run();
    onProgress(`${name} (${formatSeconds(performance.now() - begun)})`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}

export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
