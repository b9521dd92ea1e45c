/** A tool that is measured: ours or a peer. It only tells how it is called; measuring is the same for all. */
export interface Subject {
  readonly name: string;
  /** Calls that should cost next to nothing, by what they are called in the table. */
  readonly startups: Readonly<Record<string, Call>>;
  /** Syncs until it is stopped; ready when the initial sync is through. */
  sync(target: SyncTarget): ServiceCall;
  /** Runs the development loop in a copy of examples/quickstart; ready when everything is. */
  dev(project: DevProject): ServiceCall;
  /** Deletes what `dev` has deployed. */
  purge(project: DevProject): Call;
}

export interface Call {
  /** Program and arguments. */
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A call that runs until SIGINT. */
export interface ServiceCall extends Call {
  /** True for the line of output (either stream) that says that it is ready. */
  readonly isReady: (line: string) => boolean;
}

export interface SyncTarget {
  readonly local: string;
  readonly remote: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export interface DevProject {
  readonly dir: string;
  readonly namespace: string;
  /** Where the image is pushed to. */
  readonly repository: string;
  /** Local port of the forward. */
  readonly port: number;
}
