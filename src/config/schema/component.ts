import * as z from 'zod/mini';
import { about, count, free, optional, port, text, textMap, texts } from './common.js';

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
  cpu: optional(text, 'Processors', '500m'),
  memory: optional(text, 'Memory', '256Mi'),
  ephemeralStorage: optional(text, 'Disk space of the container', '1Gi'),
});

const volumeOfMount = z.strictObject({
  name: about(text, 'Name of an entry in volumes'),
  subPath: optional(text, 'Folder or file in the volume (default: all of it)'),
  readOnly: optional(z.boolean(), 'Do not write to it (default false)'),
});

const container = z.strictObject({
  name: optional(text, 'Name of the container (default container-N)'),
  image: optional(text, 'Image to run'),
  command: optional(texts, 'Replaces the ENTRYPOINT of the image'),
  args: optional(texts, 'Replaces the CMD of the image'),
  stdin: optional(z.boolean(), 'Keep stdin open (default false)'),
  tty: optional(z.boolean(), 'Give it a terminal; needs stdin (default false)'),
  env: optional(z.array(free), 'Environment variables, as in a pod'),
  volumeMounts: optional(
    z.array(
      z.strictObject({
        containerPath: about(text, 'Where the volume stands in the container', '/data'),
        volume: about(volumeOfMount, 'The volume'),
      }),
    ),
    'Volumes in the container',
  ),
  resources: optional(
    z.strictObject({
      limits: optional(resources, 'What it may use'),
      requests: optional(resources, 'What is kept for it (default: 0 where there is a limit)'),
    }),
    'Resources of the container',
  ),
  livenessProbe: optional(free, 'When to restart it, as in a pod'),
  readinessProbe: optional(free, 'When to send it requests, as in a pod'),
});

const meta = { labels: optional(textMap, 'Labels'), annotations: optional(textMap, 'Annotations') };

const volume = z.strictObject({
  name: about(text, 'What volumeMounts call it'),
  ...meta,
  size: optional(text, 'Size of a persistent volume, such as 1Gi'),
  configMap: optional(free, 'Fill it from a ConfigMap, as in a pod'),
  secret: optional(free, 'Fill it from a Secret, as in a pod'),
});

const service = z.strictObject({
  name: optional(text, 'Name of the service (default: that of the deployment)'),
  ...meta,
  type: optional(text, 'ClusterIP, NodePort or LoadBalancer (default ClusterIP)'),
  ports: optional(
    z.array(
      z.strictObject({
        port: about(port, 'Port of the service'),
        containerPort: optional(port, 'Port in the container (default: the same)'),
        protocol: optional(text, 'TCP or UDP (default TCP)'),
      }),
    ),
    'Ports of the service; without any there is none',
  ),
  externalIPs: optional(texts, 'Addresses that lead to the service'),
});

const tls = optional(
  z.union([z.boolean(), text]),
  'true, or the name of the Secret with the certificate (default false)',
);
const ingress = z.strictObject({
  name: optional(text, 'Name of the ingress (default: that of the service)'),
  ...meta,
  tls,
  rules: optional(
    z.array(
      z.strictObject({
        host: optional(text, 'Host name', 'web.example.com'),
        tls,
        path: optional(text, 'Path on the host (default /)'),
        servicePort: optional(port, 'Port of the service (default: its first)'),
        serviceName: optional(text, 'Another service'),
      }),
    ),
    'Hosts and paths; without any there is no ingress',
  ),
});

const autoScaling = z.strictObject({
  horizontal: optional(
    z.strictObject({
      maxReplicas: optional(z.int().check(z.minimum(1)), 'The most pods'),
      averageCPU: optional(text, 'Scale up above this', '800m'),
      averageMemory: optional(text, 'Scale up above this', '1Gi'),
    }),
    'More pods under load',
  ),
});

const rollingUpdate = z.strictObject({
  enabled: optional(z.boolean(), 'Replace pods one after another instead of all at once (default false)'),
  maxSurge: optional(text, 'How many pods more than wanted (default 25%)'),
  maxUnavailable: optional(text, 'How many pods fewer than wanted (default 0%)'),
  partition: optional(count, 'Of a StatefulSet: the first pod to update (default 0)'),
});

export const component = z.strictObject({
  initContainers: optional(z.array(container), 'Containers that run before the others'),
  containers: optional(z.array(container), 'The containers of the pod'),
  ...meta,
  volumes: optional(z.array(volume), 'Volumes for volumeMounts'),
  service: optional(service, 'Service in front of the pods'),
  serviceName: optional(text, 'Name of the headless service of a StatefulSet'),
  ingress: optional(ingress, 'Ingress in front of the service'),
  replicas: optional(count, 'How many pods (default 1)'),
  autoScaling: optional(autoScaling, 'How many pods under load'),
  rollingUpdate: optional(rollingUpdate, 'How pods are replaced'),
  pullSecrets: optional(texts, 'Names of Secrets with credentials of registries'),
  podManagementPolicy: optional(text, 'Of a StatefulSet: OrderedReady or Parallel (default OrderedReady)'),
  options: optional(z.strictObject(helmOptions), 'How it is deployed'),
});
