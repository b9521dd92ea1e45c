import { stringify } from 'yaml';
import type { Answers } from './answers.js';

/** What the text says besides the answers. */
export interface ConfigFacts {
  readonly manifests: readonly string[];
  readonly dockerfile: string | undefined;
  readonly context: string | undefined;
  readonly target: string | undefined;
  /** Folder that the program runs from in its container. */
  readonly workdir: string | undefined;
  /** The program starts again only when told to; undefined where nobody knows. */
  readonly needsRestart: boolean | undefined;
  readonly excludes: readonly string[];
  /** Labels of the pods, where no image that is built tells them. */
  readonly labels: Readonly<Record<string, string>> | undefined;
}

/** A devspace.yaml with a comment for each part; it has to load as it is. */
export function configText(answers: Answers, facts: ConfigFacts): string {
  const parts = [head, images(answers, facts), deployments(answers, facts), dev(answers, facts), commands];
  return parts.filter((part) => part !== '').join('\n');
}

const head = `# How this project is built, deployed and developed in Kubernetes. To begin: devspace dev
version: v1beta3
`;

function images({ image }: Answers, { context, dockerfile, needsRestart, target }: ConfigFacts): string {
  if (image.kind === 'existing' || image.kind === 'none') return '';
  const lines = [
    '# Images to build. An image is built again when its Dockerfile or a file of its context changed, each time with a new tag.',
    'images:',
    '  app:',
    `    image: ${scalar(image.repository)} # where it is pushed to; without a tag`,
    `    dockerfile: ${scalar(dockerfile ?? './Dockerfile')}`,
  ];
  if (context !== undefined) lines.push(`    context: ${scalar(context)}`);
  if (needsRestart) {
    lines.push(
      '    # Starts the program under a small supervisor, so that dev.sync can restart it when files changed.',
      '    injectRestartHelper: true',
    );
  }
  if (needsRestart === undefined)
    lines.push(
      '    # Does the program not look for changes itself? With this line and onUpload below, it is restarted when files changed.',
      '    # injectRestartHelper: true',
    );
  if (target !== undefined) {
    lines.push(
      '    build:',
      '      docker:',
      '        options:',
      `          target: ${scalar(target)} # the stage for development; without this line the last one is built`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function deployments({ deploy, name }: Answers, { manifests }: ConfigFacts): string {
  const lines = [
    '# What is deployed, in this order. Images built above get their new tag in here.',
    'deployments:',
  ];
  lines.push(`  - name: ${scalar(name)}`);
  if (deploy.kind === 'chart') {
    lines.push('    helm:', '      chart:', `        name: ${scalar(deploy.path)}`);
  } else {
    lines.push('    kubectl:', '      manifests:', ...manifests.map((path) => `        - ${scalar(path)}`));
    if (deploy.kind === 'kustomize') lines.push('      kustomize: true');
  }
  return `${lines.join('\n')}\n`;
}

function dev({ port }: Answers, facts: ConfigFacts): string {
  const { context, excludes, labels, needsRestart, workdir } = facts;
  const built = labels === undefined;
  const selector = built
    ? ['    - imageName: app']
    : Object.entries(labels).map(([key, value], index) =>
        index === 0
          ? `    - labelSelector:\n        ${scalar(key)}: ${scalar(value)}`
          : `        ${scalar(key)}: ${scalar(value)}`,
      );
  if (labels !== undefined && Object.keys(labels).length === 0) return commentedDev;
  const local = port === undefined ? 0 : port < 1024 ? port + 8000 : port;
  const ports =
    port === undefined
      ? []
      : [
          '  # Ports of this machine that lead to the pods.',
          '  ports:',
          ...selector,
          '      forward:',
          `        - port: ${local}`,
          ...(local === port ? [] : [`          remotePort: ${port}`]),
          '  # Opened in the browser once they answer.',
          '  open:',
          `    - url: http://localhost:${local}`,
        ];
  const sync = built
    ? [
        '  # Folders that are kept the same here and in the containers, in both directions.',
        '  sync:',
        ...selector,
        ...(context === undefined ? [] : [`      localSubPath: ${scalar(context)}`]),
        ...(workdir === undefined ? [] : [`      containerPath: ${scalar(workdir)}`]),
        '      excludePaths:',
        ...excludes.map((pattern) => `        - ${scalar(pattern)}`),
        ...(needsRestart === true
          ? [
              '      onUpload:',
              '        restartContainer: true # the program does not look for changes itself',
            ]
          : needsRestart === undefined
            ? ['      # onUpload:', '      #   restartContainer: true']
            : []),
      ]
    : [];
  if (ports.length + sync.length === 0) return commentedDev;
  return `${['# What `devspace dev` does after deploying, until it is stopped.', 'dev:', ...ports, ...sync].join('\n')}\n`;
}

const commentedDev = `# What \`devspace dev\` does after deploying, until it is stopped.
# dev:
#   ports:
#     - labelSelector:
#         app: web
#       forward:
#         - port: 8080
#           remotePort: 80
#   sync:
#     - labelSelector:
#         app: web
#       localSubPath: ./src
#       containerPath: /app/src
`;

const commands = `# Commands for everybody who works on this: devspace run NAME
# commands:
#   - name: test
#     command: devspace enter -- npm test
`;

/** In quotes only where YAML needs them. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, blockQuote: false }).trimEnd();
}
