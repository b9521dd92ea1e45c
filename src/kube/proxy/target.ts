/** The server behind the proxy. */
export interface Target {
  /** Without brackets. */
  host: string;
  port: number;
}

export interface DialOptions {
  /** For a proxy that is reached over TLS: it is verified against the cluster's authority, as kubectl does, and the well-known ones. */
  ca?: string | Buffer | undefined;
  insecure?: boolean | undefined;
  /** For all of it; default 30 s. */
  timeoutMs?: number | undefined;
  /** Gives up; it fails as when the time is over. */
  signal?: AbortSignal | undefined;
}
