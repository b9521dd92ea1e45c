import type { AgentPlace } from './agent.js';

/** A tool that syncs. It only tells how it is called; measuring is the same for all. */
export interface SyncSubject {
  readonly name: string;
  /** Syncs until it is stopped; ready when it says that both sides are equal. Called again with the same target, it goes on from there. */
  sync(target: SyncTarget): ServiceCall;
  /** How many rounds of what takes long are enough, when fewer than the others have. */
  readonly rounds?: number;
  /** Pattern of the command lines of its processes at the far end. */
  readonly far?: string | undefined;
  /** The process that does everything at both ends, when `sync` only talks to it. */
  readonly daemon?: number | undefined;
}

/** A tool that forwards ports. */
export interface ForwardSubject {
  readonly name: string;
  /** Forwards until it is stopped; ready when all ports are open. */
  forward(target: ForwardTarget): ServiceCall;
}

export interface ForwardTarget {
  /** An empty folder, for a config. */
  readonly dir: string;
  readonly namespace: string;
  /** Of the pod; the deployment is called like the value of the first. */
  readonly labels: Readonly<Record<string, string>>;
  /** `viaHelper` is for ours alone. */
  readonly ports: readonly {
    readonly port: number;
    readonly remotePort: number;
    readonly viaHelper?: true;
  }[];
}

/** A tool that does all that ours does. */
export interface Subject extends SyncSubject {
  readonly forward?: ForwardSubject['forward'];
  /** Calls that should cost next to nothing, by what they are called in the table. */
  readonly startups: Readonly<Record<string, Call>>;
  /** Runs the development loop in a copy of examples/quickstart; ready when everything is. */
  dev(project: DevProject): ServiceCall;
  /** Runs a command in a container and ends with its exit code. */
  enter?(place: AgentPlace, command: readonly string[]): Call;
  /** Follows the log of a pod's one container, from its first line on. */
  readonly logs?: (pod: string, namespace: string) => Call;
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
  /** True for the line from which its time counts; without: it counts from the start of the process. */
  readonly isBegun?: (line: string) => boolean;
  /** Until it must be ready; default two minutes. */
  readonly readyWithinMs?: number;
}

export interface SyncTarget {
  readonly local: string;
  readonly remote: string;
  /** Undefined: both ends are here. */
  readonly place?: AgentPlace | undefined;
}

export interface DevProject {
  readonly dir: string;
  readonly namespace: string;
  /** Where the image is pushed to. */
  readonly repository: string;
  /** Local port of the forward. */
  readonly port: number;
}
