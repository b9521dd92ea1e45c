import * as z from 'zod/mini';
import { about, count, name, optional, port, target, text, texts } from './common.js';
import { sync } from './sync.js';

const protocol = z.enum(['tcp', 'udp']);

const ports = z.strictObject({
  ...target,
  forward: optional(
    z
      .array(
        z.strictObject({
          port: about(port, 'Local port'),
          remotePort: optional(port, 'Port in the pod (default: the local port)'),
          bindAddress: optional(text, 'Local address to listen on (default 127.0.0.1)'),
          protocol: optional(protocol, 'What is forwarded; udp goes through the helper (default tcp)'),
          viaHelper: optional(
            z.boolean(),
            'Go through a helper in the container: a client may end its input and still get all of the answer (default false)',
          ),
        }),
      )
      .check(z.minLength(1)),
    'Local ports to forward to the pod',
  ),
  reverseForward: optional(
    z
      .array(
        z.strictObject({
          port: about(port, 'Port of this machine that connections from the pod go to'),
          remotePort: optional(port, 'Port in the pod to listen on (default: the local port)'),
          bindAddress: optional(text, 'IP address in the pod to listen on (default 127.0.0.1)'),
          protocol: optional(protocol, 'What is forwarded (default tcp)'),
        }),
      )
      .check(z.minLength(1)),
    'Ports in the pod to forward to this machine, through a helper in the container',
  ),
});

const interactive = z.strictObject({
  defaultEnabled: optional(z.boolean(), 'Open a terminal even without -i (default false)'),
  images: optional(
    z.array(
      z.strictObject({
        name: about(name, 'Name of an entry in images'),
        entrypoint: optional(texts, 'Replaces its ENTRYPOINT', ['sleep']),
        cmd: optional(texts, 'Replaces its CMD', ['999999999']),
      }),
    ),
    'Images that start with another command in interactive mode',
  ),
  terminal: optional(
    z.strictObject({
      ...target,
      containerName: optional(text, 'Container of the pod, where there are several'),
      command: optional(texts, 'What runs in the terminal (default: a shell)', ['bash']),
      workDir: optional(text, "Folder it starts in (default: the container's working directory)"),
    }),
    'Where the terminal opens',
  ),
});

const overrideImage = z.strictObject({
  name: about(name, 'Name of an entry in images'),
  dockerfile: optional(text, 'Dockerfile to build it from', './Dockerfile.dev'),
  context: optional(text, 'Build context'),
  entrypoint: optional(
    texts,
    'Replaces its ENTRYPOINT; without cmd the first word does, and the others replace its CMD',
    ['npm', 'run', 'dev'],
  ),
  cmd: optional(texts, 'Replaces its CMD'),
});

export const dev = z.strictObject({
  ports: optional(z.array(ports), 'Forward local ports to pods'),
  open: optional(
    z.array(z.strictObject({ url: about(name, 'Page to open once it answers', 'http://localhost:8080') })),
    'Pages to open in the browser',
  ),
  sync: optional(z.array(sync), 'Keep local folders and folders in containers the same'),
  logs: optional(
    z.strictObject({
      disabled: optional(z.boolean(), 'Do not stream logs (default false)'),
      showLast: optional(count, 'Lines to show at the start (default 50)'),
      images: optional(texts, 'Names of images whose containers to stream (default: all)'),
      selectors: optional(
        z.array(
          z.strictObject({
            ...target,
            containerName: optional(text, 'Container of the pods (default: all that fit)'),
          }),
        ),
        'Further containers to stream',
      ),
    }),
    'Log streaming',
  ),
  autoReload: optional(
    z.strictObject({
      paths: optional(texts, 'Globs of files'),
      deployments: optional(texts, 'Names of deployments whose files count'),
      images: optional(texts, 'Names of images whose Dockerfile counts'),
    }),
    'Build and deploy again when these change',
  ),
  overrideImages: optional(z.array(overrideImage), 'Images that `devspace dev` builds in another way'),
  interactive: optional(interactive, 'Interactive mode (devspace dev -i)'),
});
