import * as z from 'zod';
import { count, name, port, target, text, texts } from './common.js';

const ports = z.strictObject({
  ...target,
  forward: z
    .array(
      z.strictObject({
        port: port.describe('Local port'),
        remotePort: port.optional().describe('Port in the pod (default: the local port)'),
        bindAddress: text.optional().describe('Local address to listen on (default 127.0.0.1)'),
      }),
    )
    .min(1)
    .describe('Ports to forward to the pod'),
});

const sync = z.strictObject({
  ...target,
  containerName: text.optional().describe('Container of the pod, where there are several'),
  localSubPath: text.optional().describe('Local folder, relative to devspace.yaml (default ./)'),
  containerPath: text.optional().describe('Folder in the container (default: its working directory)'),
  excludePaths: texts.optional().describe('gitignore patterns, not synced in either direction'),
  downloadExcludePaths: texts.optional().describe('gitignore patterns, not synced from the container'),
  uploadExcludePaths: texts.optional().describe('gitignore patterns, not synced to the container'),
  downloadOnInitialSync: z
    .boolean()
    .optional()
    .describe('Keep files that only the container has at the start (default false)'),
  waitInitialSync: z
    .boolean()
    .optional()
    .describe('Go on only after the first full sync is complete (default false)'),
  bandwidthLimits: z
    .strictObject({ download: count.optional(), upload: count.optional() })
    .optional()
    .describe('Limits in KB per second'),
});

const interactive = z.strictObject({
  defaultEnabled: z.boolean().optional().describe('Open a terminal even without -i (default false)'),
  images: z
    .array(z.strictObject({ name, entrypoint: texts.optional(), cmd: texts.optional() }))
    .optional()
    .describe('Images that start with another command in interactive mode'),
  terminal: z
    .strictObject({ ...target, containerName: text.optional(), command: texts.optional() })
    .optional()
    .describe('Where the terminal opens'),
});

export const dev = z.strictObject({
  ports: z.array(ports).optional().describe('Forward local ports to pods'),
  open: z
    .array(z.strictObject({ url: name }))
    .optional()
    .describe('Pages to open in the browser'),
  sync: z.array(sync).optional().describe('Keep local folders and folders in containers the same'),
  logs: z
    .strictObject({
      disabled: z.boolean().optional().describe('Do not stream logs (default false)'),
      showLast: count.optional().describe('Lines to show at the start (default 50)'),
      images: texts.optional().describe('Names of images whose containers to stream (default: all)'),
    })
    .optional()
    .describe('Log streaming'),
  autoReload: z
    .strictObject({
      paths: texts.optional().describe('Globs of files'),
      deployments: texts.optional().describe('Names of deployments whose files count'),
      images: texts.optional().describe('Names of images whose Dockerfile counts'),
    })
    .optional()
    .describe('Build and deploy again when these change'),
  interactive: interactive.optional().describe('Interactive mode (devspace dev -i)'),
});
