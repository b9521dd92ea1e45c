/**
 * The parts of Kubernetes objects this project reads, exactly as the API server sends them. (The client library's types claim `Date` for
 * times; on the wire they are RFC 3339 texts.) Objects that are only passed through keep their other fields.
 */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid: string;
  resourceVersion?: string;
  creationTimestamp: string;
  deletionTimestamp?: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  ownerReferences?: readonly { kind: string; name: string; uid: string; controller?: boolean }[];
}

export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

export interface KubeList<T> {
  metadata: { resourceVersion?: string; continue?: string };
  items: T[];
}

/** The API server's answer to a failed request, and the last message of an exec. */
export interface Status {
  kind?: 'Status';
  status?: 'Success' | 'Failure';
  message?: string;
  reason?: string;
  code?: number;
  details?: {
    name?: string;
    group?: string;
    kind?: string;
    retryAfterSeconds?: number;
    causes?: readonly { reason?: string; message?: string; field?: string }[];
  };
}

export interface Pod extends KubeObject {
  spec: {
    containers: readonly ContainerSpec[];
    initContainers?: readonly ContainerSpec[];
    restartPolicy?: 'Always' | 'OnFailure' | 'Never';
    nodeName?: string;
    readinessGates?: readonly { conditionType: string }[];
    ephemeralContainers?: readonly EphemeralContainerSpec[];
    shareProcessNamespace?: boolean;
    securityContext?: SecurityContext;
    nodeSelector?: Readonly<Record<string, string>>;
    os?: { name: string };
  };
  status: {
    phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    reason?: string;
    message?: string;
    podIP?: string;
    startTime?: string;
    conditions?: readonly { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: readonly ContainerStatus[];
    initContainerStatuses?: readonly ContainerStatus[];
    ephemeralContainerStatuses?: readonly ContainerStatus[];
  };
}

export interface ContainerSpec {
  name: string;
  image: string;
  restartPolicy?: string;
  command?: readonly string[];
  stdin?: boolean;
  tty?: boolean;
  securityContext?: SecurityContext;
}

/** Of a container; its other fields are passed on as they are. */
export interface SecurityContext {
  runAsUser?: number;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  readOnlyRootFilesystem?: boolean;
}

export interface EphemeralContainerSpec extends ContainerSpec {
  targetContainerName?: string;
}

export interface ContainerStatus {
  name: string;
  image: string;
  containerID?: string;
  ready: boolean;
  started?: boolean;
  restartCount: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: {
    exitCode: number;
    signal?: number;
    reason?: string;
    message?: string;
    startedAt?: string;
    finishedAt?: string;
    containerID?: string;
  };
}

export interface KubeEvent extends KubeObject {
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string };
  involvedObject: { kind?: string; name?: string; namespace?: string; uid?: string; fieldPath?: string };
}
