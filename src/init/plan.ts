import type { Answers } from './answers.js';
import { configText } from './config-text.js';
import { dockerfileFacts } from './dockerfile-facts.js';
import { patternsOf, withLines } from './ignore-lines.js';
import { detectLanguage, detectStack } from './language.js';
import { manifestTexts } from './manifest-text.js';
import type { Survey } from './survey.js';
import { templates } from './templates/index.js';
import type { Template } from './templates/template.js';

/** A file as it will be. One that is there already is only named when it is to change. */
export interface PlannedFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Texts of the files that may only grow. */
export interface Existing {
  readonly gitignore: string | undefined;
  readonly dockerignore: string | undefined;
}

const OURS = ['.devspace/', 'devspace.yaml'];

/** Every file that `devspace init` writes, devspace.yaml last. Pure. */
export function planFiles(found: Survey, answers: Answers, existing: Existing): PlannedFile[] {
  const { deploy, image, name, port } = answers;
  const template = image.kind === 'template' ? makeTemplate(found, answers) : undefined;
  const dockerfile =
    template?.dockerfile ??
    (image.kind === 'dockerfile' ? found.texts.get(normal(image.dockerfile)) : undefined);
  const built = image.kind === 'dockerfile' || image.kind === 'template';
  const folder =
    ['kube', 'kube-devspace'].find((one) => !found.files.some((file) => file.startsWith(`${one}/`))) ??
    'kube-init';
  const files: PlannedFile[] = [];

  if (template) files.push({ path: 'Dockerfile', text: template.dockerfile });
  const context = image.kind === 'dockerfile' ? image.context : undefined;
  // Docker looks for it in the context.
  const lines = [...OURS, ...(deploy.kind === 'new' ? [`${folder}/`] : []), ...(template?.ignore ?? [])];
  const dockerignore = built ? withLines(existing.dockerignore, lines) : undefined;
  if (dockerignore !== undefined && dockerignore !== existing.dockerignore && isRoot(context))
    files.push({ path: '.dockerignore', text: dockerignore });
  const gitignore = withLines(existing.gitignore, ['.devspace/']);
  if (gitignore !== existing.gitignore) files.push({ path: '.gitignore', text: gitignore });
  if (deploy.kind === 'new') {
    const runs = image.kind === 'existing' ? image.reference : built ? image.repository : name;
    const { deployment, service } = manifestTexts(name, runs, port, built);
    files.push({ path: `${folder}/deployment.yaml`, text: deployment });
    if (service !== undefined) files.push({ path: `${folder}/service.yaml`, text: service });
  }
  const text = configText(answers, {
    manifests:
      deploy.kind === 'new'
        ? [folder]
        : deploy.kind === 'kustomize'
          ? [deploy.path]
          : deploy.kind === 'manifests'
            ? deploy.paths
            : [],
    dockerfile: image.kind === 'dockerfile' ? image.dockerfile : './Dockerfile',
    context,
    target: template?.target,
    workdir: dockerfile === undefined ? undefined : dockerfileFacts(dockerfile).workdir,
    needsRestart: template?.needsRestart === true,
    excludes: excludesOf(found, dockerignore),
    labels: built ? undefined : deploy.kind === 'new' ? { app: name } : {},
  });
  return [...files, { path: 'devspace.yaml', text }];
}

function makeTemplate(found: Survey, { image, port }: Answers): Template | undefined {
  if (image.kind !== 'template') return undefined;
  const stack = detectStack(found, image.language);
  return templates[image.language](found, { ...stack, port: port ?? stack.port });
}

/** What an image leaves out is no part of the program, and what is installed or built on one side does not fit the other. */
function excludesOf(found: Survey, dockerignore: string | undefined): string[] {
  const language = detectLanguage(found);
  const made = language === undefined ? [] : templates[language](found, detectStack(found, language)).ignore;
  return [...new Set(['Dockerfile', ...patternsOf(dockerignore ?? ''), ...made, '.git/', ...OURS])];
}

function isRoot(context: string | undefined): boolean {
  return context === undefined || normal(context) === '.';
}

/** `./web/Dockerfile` as a survey names it. */
export function normal(path: string): string {
  return (
    path
      .replaceAll('\\', '/')
      .replace(/^(?:\.\/)+/, '')
      .replace(/\/+$/, '') || '.'
  );
}
