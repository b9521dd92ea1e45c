import * as z from 'zod';
import { count, free, port, text, textMap, texts } from './common.js';

/** What the helm client is told; shared by `helm` and `component.options`. */
export const helmOptions = {
  replaceImageTags: z.boolean().optional().describe('Put built tags into the values (default true)'),
  wait: z.boolean().optional().describe('Wait until everything is ready (default false)'),
  timeout: count.optional().describe('Seconds to wait (default 180)'),
  rollback: z.boolean().optional().describe('Undo a failed upgrade (default false)'),
  force: z.boolean().optional().describe('Replace resources that cannot be updated (default false)'),
  tillerNamespace: text.optional().describe('Namespace of Tiller; only meant for Helm 2'),
};

const resources = z.strictObject({
  cpu: text.optional(),
  memory: text.optional(),
  ephemeralStorage: text.optional(),
});

const container = z.strictObject({
  name: text.optional().describe('Name of the container (default container-N)'),
  image: text.optional().describe('Image to run'),
  command: texts.optional().describe('Replaces the ENTRYPOINT of the image'),
  args: texts.optional().describe('Replaces the CMD of the image'),
  stdin: z.boolean().optional(),
  tty: z.boolean().optional(),
  env: z.array(free).optional().describe('Environment variables, as in a pod'),
  volumeMounts: z
    .array(
      z.strictObject({
        containerPath: text,
        volume: z.strictObject({ name: text, subPath: text.optional(), readOnly: z.boolean().optional() }),
      }),
    )
    .optional(),
  resources: z.strictObject({ limits: resources.optional(), requests: resources.optional() }).optional(),
  livenessProbe: free.optional(),
  readinessProbe: free.optional(),
});

const meta = { labels: textMap.optional(), annotations: textMap.optional() };

const volume = z.strictObject({
  name: text,
  ...meta,
  size: text.optional().describe('Size of a persistent volume, such as 1Gi'),
  configMap: free.optional(),
  secret: free.optional(),
});

const service = z.strictObject({
  name: text.optional(),
  ...meta,
  type: text.optional().describe('ClusterIP, NodePort or LoadBalancer (default ClusterIP)'),
  ports: z
    .array(z.strictObject({ port, containerPort: port.optional(), protocol: text.optional() }))
    .optional(),
  externalIPs: texts.optional(),
});

const tls = z.union([z.boolean(), text]).optional();
const ingress = z.strictObject({
  name: text.optional(),
  ...meta,
  tls,
  rules: z
    .array(
      z.strictObject({
        host: text.optional(),
        tls,
        path: text.optional(),
        servicePort: port.optional(),
        serviceName: text.optional(),
      }),
    )
    .optional(),
});

const autoScaling = z.strictObject({
  horizontal: z
    .strictObject({
      maxReplicas: z.int().min(1).optional(),
      averageCPU: text.optional(),
      averageMemory: text.optional(),
    })
    .optional(),
});

const rollingUpdate = z.strictObject({
  enabled: z.boolean().optional(),
  maxSurge: text.optional(),
  maxUnavailable: text.optional(),
  partition: count.optional(),
});

export const component = z.strictObject({
  initContainers: z.array(container).optional(),
  containers: z.array(container).optional(),
  ...meta,
  volumes: z.array(volume).optional(),
  service: service.optional(),
  serviceName: text.optional().describe('Name of the headless service of a StatefulSet'),
  ingress: ingress.optional(),
  replicas: count.optional(),
  autoScaling: autoScaling.optional(),
  rollingUpdate: rollingUpdate.optional(),
  pullSecrets: texts.optional(),
  podManagementPolicy: text.optional(),
  options: z.strictObject(helmOptions).optional(),
});
