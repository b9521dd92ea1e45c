import * as z from 'zod/mini';
import { count, free, optional, port, text, textMap, texts } from './common.js';

/** What the helm client is told; shared by `helm` and `component.options`. */
export const helmOptions = {
  replaceImageTags: optional(z.boolean(), 'Put built tags into the values (default true)'),
  wait: optional(z.boolean(), 'Wait until everything is ready (default false)'),
  timeout: optional(count, 'Seconds to wait (default 180)'),
  rollback: optional(z.boolean(), 'Undo a failed upgrade (default false)'),
  force: optional(z.boolean(), 'Replace resources that cannot be updated (default false)'),
  tillerNamespace: optional(text, 'Namespace of Tiller; only meant for Helm 2'),
};

const resources = z.strictObject({
  cpu: optional(text),
  memory: optional(text),
  ephemeralStorage: optional(text),
});

const container = z.strictObject({
  name: optional(text, 'Name of the container (default container-N)'),
  image: optional(text, 'Image to run'),
  command: optional(texts, 'Replaces the ENTRYPOINT of the image'),
  args: optional(texts, 'Replaces the CMD of the image'),
  stdin: optional(z.boolean()),
  tty: optional(z.boolean()),
  env: optional(z.array(free), 'Environment variables, as in a pod'),
  volumeMounts: optional(
    z.array(
      z.strictObject({
        containerPath: text,
        volume: z.strictObject({ name: text, subPath: optional(text), readOnly: optional(z.boolean()) }),
      }),
    ),
  ),
  resources: optional(z.strictObject({ limits: optional(resources), requests: optional(resources) })),
  livenessProbe: optional(free),
  readinessProbe: optional(free),
});

const meta = { labels: optional(textMap), annotations: optional(textMap) };

const volume = z.strictObject({
  name: text,
  ...meta,
  size: optional(text, 'Size of a persistent volume, such as 1Gi'),
  configMap: optional(free),
  secret: optional(free),
});

const service = z.strictObject({
  name: optional(text),
  ...meta,
  type: optional(text, 'ClusterIP, NodePort or LoadBalancer (default ClusterIP)'),
  ports: optional(z.array(z.strictObject({ port, containerPort: optional(port), protocol: optional(text) }))),
  externalIPs: optional(texts),
});

const tls = optional(z.union([z.boolean(), text]));
const ingress = z.strictObject({
  name: optional(text),
  ...meta,
  tls,
  rules: optional(
    z.array(
      z.strictObject({
        host: optional(text),
        tls,
        path: optional(text),
        servicePort: optional(port),
        serviceName: optional(text),
      }),
    ),
  ),
});

const autoScaling = z.strictObject({
  horizontal: optional(
    z.strictObject({
      maxReplicas: optional(z.int().check(z.minimum(1))),
      averageCPU: optional(text),
      averageMemory: optional(text),
    }),
  ),
});

const rollingUpdate = z.strictObject({
  enabled: optional(z.boolean()),
  maxSurge: optional(text),
  maxUnavailable: optional(text),
  partition: optional(count),
});

export const component = z.strictObject({
  initContainers: optional(z.array(container)),
  containers: optional(z.array(container)),
  ...meta,
  volumes: optional(z.array(volume)),
  service: optional(service),
  serviceName: optional(text, 'Name of the headless service of a StatefulSet'),
  ingress: optional(ingress),
  replicas: optional(count),
  autoScaling: optional(autoScaling),
  rollingUpdate: optional(rollingUpdate),
  pullSecrets: optional(texts),
  podManagementPolicy: optional(text),
  options: optional(z.strictObject(helmOptions)),
});
