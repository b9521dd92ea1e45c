/** What happens while the cluster is started or stopped. Only the CLI prints. */
export interface ProgressEvent {
  kind: 'start' | 'done' | 'note';
  text: string;
  /** How long the step took, for `done`. */
  ms?: number;
}

export type OnProgress = (event: ProgressEvent) => void;

/** Runs one named step and reports its start, its end and its time. */
export async function step<T>(onProgress: OnProgress, text: string, run: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  onProgress({ kind: 'start', text });
  const result = await run();
  onProgress({ kind: 'done', text, ms: performance.now() - begun });
  return result;
}
