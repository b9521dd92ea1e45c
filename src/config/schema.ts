import { z } from 'zod';

/**
 * devspace.yaml, `version: v1beta3`: the one source of the types, the validation and devspace.schema.json.
 * Objects are strict: an unknown key is an error. Defaults are applied by the code that uses a value, so that "not set" stays visible.
 */
const text = z.string();
const texts = z.array(z.string());
const textMap = z.record(z.string(), z.string());
const labels = textMap.describe('Pod labels that must all match');
const port = z.int().min(1).max(65535);

const buildOptions = z.strictObject({
  target: text.optional().describe('Stage of a multi-stage Dockerfile to build'),
  network: text.optional().describe('Network mode of the build'),
  buildArgs: textMap.optional().describe('Values for the ARGs of the Dockerfile'),
});

const build = z.strictObject({
  disabled: z.boolean().optional().describe('Never build this image'),
  docker: z
    .strictObject({
      preferMinikube: z
        .boolean()
        .optional()
        .describe("Use minikube's daemon when the context is minikube (default true)"),
      skipPush: z.boolean().optional().describe('Do not push after the build'),
      disableFallback: z
        .boolean()
        .optional()
        .describe('Fail instead of building in the cluster when Docker does not answer'),
      options: buildOptions.optional(),
    })
    .optional(),
  kaniko: z
    .strictObject({
      cache: z.boolean().optional(),
      snapshotMode: text.optional(),
      flags: texts.optional(),
      namespace: text.optional(),
      insecure: z.boolean().optional(),
      pullSecret: text.optional(),
      options: buildOptions.optional(),
    })
    .optional(),
  custom: z
    .strictObject({
      command: text.describe('Program that builds and pushes the image'),
      flags: texts.optional(),
      args: texts.optional().describe('Same as flags'),
      imageFlag: text.optional(),
      onChange: texts.optional().describe('Globs; the image is built again when one of these files changed'),
    })
    .optional(),
});

const image = z.strictObject({
  image: text.describe('Repository without a tag'),
  tag: text.optional().describe('Fixed tag (default: 7 random characters at each build)'),
  dockerfile: text.optional().describe('Path of the Dockerfile (default ./Dockerfile)'),
  context: text.optional().describe('Build context (default ./)'),
  entrypoint: texts.optional().describe('Replaces ENTRYPOINT without touching the Dockerfile'),
  cmd: texts.optional().describe('Replaces CMD without touching the Dockerfile'),
  createPullSecret: z.boolean().optional(),
  build: build.optional(),
});

const resources = z.strictObject({
  cpu: text.optional(),
  memory: text.optional(),
  ephemeralStorage: text.optional(),
});
const container = z.strictObject({
  name: text.optional(),
  image: text.optional(),
  command: texts.optional(),
  args: texts.optional(),
  stdin: z.boolean().optional(),
  tty: z.boolean().optional(),
  env: z.array(z.record(z.string(), z.unknown())).optional(),
  volumeMounts: z
    .array(
      z.strictObject({
        containerPath: text,
        volume: z.strictObject({ name: text, subPath: text.optional(), readOnly: z.boolean().optional() }),
      }),
    )
    .optional(),
  resources: z.strictObject({ limits: resources.optional(), requests: resources.optional() }).optional(),
  livenessProbe: z.record(z.string(), z.unknown()).optional(),
  readinessProbe: z.record(z.string(), z.unknown()).optional(),
});
const helmOptions = {
  replaceImageTags: z.boolean().optional(),
  wait: z.boolean().optional(),
  timeout: z.int().min(0).optional(),
  rollback: z.boolean().optional(),
  force: z.boolean().optional(),
  tillerNamespace: text.optional(),
};

const deployment = z.strictObject({
  name: text.describe('Name of the deployment'),
  namespace: text.optional().describe('Namespace to deploy into (default: the current one)'),
  kubectl: z
    .strictObject({
      manifests: texts.min(1).describe('Files, folders, or kustomization folders'),
      kustomize: z.boolean().optional(),
      replaceImageTags: z.boolean().optional().describe('Put built tags into the manifests (default true)'),
      flags: texts.optional().describe('Further flags for `kubectl apply`'),
      cmdPath: text.optional().describe('kubectl to use (default: the one on PATH)'),
    })
    .optional(),
  helm: z
    .strictObject({
      chart: z.strictObject({
        name: text,
        version: text.optional(),
        repo: text.optional(),
        username: text.optional(),
        password: text.optional(),
      }),
      values: z.record(z.string(), z.unknown()).optional(),
      valuesFiles: texts.optional(),
      ...helmOptions,
    })
    .optional(),
  component: z
    .strictObject({
      initContainers: z.array(container).optional(),
      containers: z.array(container).optional(),
      labels: textMap.optional(),
      annotations: textMap.optional(),
      volumes: z
        .array(
          z.strictObject({
            name: text,
            labels: textMap.optional(),
            annotations: textMap.optional(),
            size: text.optional(),
            configMap: z.record(z.string(), z.unknown()).optional(),
            secret: z.record(z.string(), z.unknown()).optional(),
          }),
        )
        .optional(),
      service: z
        .strictObject({
          name: text.optional(),
          labels: textMap.optional(),
          annotations: textMap.optional(),
          type: text.optional(),
          ports: z
            .array(z.strictObject({ port, containerPort: port.optional(), protocol: text.optional() }))
            .optional(),
          externalIPs: texts.optional(),
        })
        .optional(),
      serviceName: text.optional(),
      ingress: z
        .strictObject({
          name: text.optional(),
          labels: textMap.optional(),
          annotations: textMap.optional(),
          tls: z.union([z.boolean(), text]).optional(),
          rules: z
            .array(
              z.strictObject({
                host: text.optional(),
                tls: z.union([z.boolean(), text]).optional(),
                path: text.optional(),
                servicePort: port.optional(),
                serviceName: text.optional(),
              }),
            )
            .optional(),
        })
        .optional(),
      replicas: z.int().min(0).optional(),
      autoScaling: z
        .strictObject({
          horizontal: z
            .strictObject({
              maxReplicas: z.int().optional(),
              averageCPU: text.optional(),
              averageMemory: text.optional(),
            })
            .optional(),
        })
        .optional(),
      rollingUpdate: z
        .strictObject({
          enabled: z.boolean().optional(),
          maxSurge: text.optional(),
          maxUnavailable: text.optional(),
          partition: z.int().optional(),
        })
        .optional(),
      pullSecrets: texts.optional(),
      podManagementPolicy: text.optional(),
      options: z.strictObject(helmOptions).optional(),
    })
    .optional(),
});

const target = {
  imageName: text.optional().describe('Name of an entry in images: selects the containers that run it'),
  labelSelector: labels.optional(),
  namespace: text.optional(),
};

const dev = z.strictObject({
  ports: z
    .array(
      z.strictObject({
        ...target,
        forward: z
          .array(
            z.strictObject({
              port: port.describe('Local port'),
              remotePort: port.optional().describe('Port in the pod (default: the local port)'),
              bindAddress: text.optional().describe('Local address to listen on (default 127.0.0.1)'),
            }),
          )
          .min(1),
      }),
    )
    .optional(),
  open: z.array(z.strictObject({ url: text })).optional(),
  sync: z
    .array(
      z.strictObject({
        ...target,
        containerName: text.optional(),
        localSubPath: text.optional().describe('Local folder, relative to devspace.yaml (default ./)'),
        containerPath: text.optional().describe('Folder in the container (default: its working directory)'),
        excludePaths: texts.optional().describe('gitignore patterns, not synced in either direction'),
        downloadExcludePaths: texts.optional(),
        uploadExcludePaths: texts.optional(),
        downloadOnInitialSync: z.boolean().optional(),
        waitInitialSync: z.boolean().optional(),
        bandwidthLimits: z
          .strictObject({ download: z.int().min(0).optional(), upload: z.int().min(0).optional() })
          .optional()
          .describe('KB/s'),
      }),
    )
    .optional(),
  logs: z
    .strictObject({
      disabled: z.boolean().optional(),
      showLast: z.int().min(0).optional().describe('Lines to show at the start (default 50)'),
      images: texts.optional().describe('Names of images whose containers to stream (default: all)'),
    })
    .optional(),
  autoReload: z
    .strictObject({ paths: texts.optional(), deployments: texts.optional(), images: texts.optional() })
    .optional(),
  interactive: z
    .strictObject({
      defaultEnabled: z.boolean().optional(),
      images: z
        .array(z.strictObject({ name: text, entrypoint: texts.optional(), cmd: texts.optional() }))
        .optional(),
      terminal: z
        .strictObject({ ...target, containerName: text.optional(), command: texts.optional() })
        .optional(),
    })
    .optional(),
});

const dependency = z.strictObject({
  source: z.strictObject({
    git: text.optional(),
    branch: text.optional(),
    tag: text.optional(),
    revision: text.optional(),
    subPath: text.optional(),
    path: text.optional(),
  }),
  profile: text.optional(),
  skipBuild: z.boolean().optional(),
  ignoreDependencies: z.boolean().optional(),
  namespace: text.optional(),
});

const moment = z.strictObject({ images: text.optional(), deployments: text.optional() });
const hook = z.strictObject({
  command: text,
  args: texts.optional(),
  when: z.strictObject({ before: moment.optional(), after: moment.optional() }).optional(),
});

const variable = z.strictObject({
  name: text,
  question: text.optional(),
  options: texts.optional(),
  password: z.boolean().optional(),
  validationPattern: text.optional(),
  validationMessage: text.optional(),
  default: text.optional(),
  source: z.enum(['all', 'env', 'input']).optional(),
});

const profile = z.strictObject({
  name: text,
  replace: z.record(z.string(), z.unknown()).optional(),
  patches: z
    .array(
      z.strictObject({
        op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
        path: text,
        value: z.unknown().optional(),
        from: text.optional(),
      }),
    )
    .optional(),
});

export const CONFIG_VERSION = 'v1beta3';

export const configSchema = z.strictObject({
  version: z.literal(CONFIG_VERSION),
  images: z.record(z.string(), image).optional(),
  deployments: z.array(deployment).optional(),
  dev: dev.optional(),
  dependencies: z.array(dependency).optional(),
  hooks: z.array(hook).optional(),
  commands: z.array(z.strictObject({ name: text, command: text })).optional(),
  vars: z.array(variable).optional(),
  profiles: z.array(profile).optional(),
});

export type Config = z.infer<typeof configSchema>;
export type ImageConfig = z.infer<typeof image>;
export type DeploymentConfig = z.infer<typeof deployment>;
export type DevConfig = z.infer<typeof dev>;
export type PortsConfig = NonNullable<DevConfig['ports']>[number];
export type SyncConfig = NonNullable<DevConfig['sync']>[number];
