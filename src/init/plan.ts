import type { Answers } from './answers.js';
import { configText } from './config-text.js';
import { dockerfileFacts } from './dockerfile-facts.js';
import { asGitPatterns, patternsOf, withLines } from './ignore-lines.js';
import { detectLanguage, detectStack } from './language.js';
import type { Language } from './languages.js';
import { manifestTexts } from './manifest-text.js';
import type { Survey } from './survey.js';
import { makeTemplate } from './templates/index.js';
import type { Template, TemplateText } from './templates/template.js';

/** A file as it will be. One that is there already is only named when it is to change. */
export interface PlannedFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Texts of the files that may only grow. */
export interface Existing {
  readonly gitignore: string | undefined;
  /** Of the folder that is built, see {@link contextOf}. */
  readonly dockerignore: string | undefined;
}

/** The folder that is built, relative to the project: where Docker looks for .dockerignore. */
export function contextOf({ image }: Answers): string {
  return image.kind === 'dockerfile' && image.context !== undefined ? normal(image.context) : '.';
}

/** Whose template is needed: to make a Dockerfile, or to know what a language leaves lying about. */
export function languageOf(found: Survey, { image }: Answers): Language | undefined {
  return image.kind === 'template' ? image.language : detectLanguage(found);
}

const OURS = ['.devspace/', 'devspace.yaml'];

/** Every file that `devspace init` writes, devspace.yaml last. Pure. `text` is the template of {@link languageOf}. */
export function planFiles(
  found: Survey,
  answers: Answers,
  existing: Existing,
  text: TemplateText | undefined,
): PlannedFile[] {
  const { deploy, image, name, port } = answers;
  const ofLanguage = text && templateFor(text, found, port);
  const template = image.kind === 'template' ? ofLanguage : undefined;
  const dockerfile =
    template?.dockerfile ??
    (image.kind === 'dockerfile' ? found.texts.get(normal(image.dockerfile)) : undefined);
  const built = image.kind === 'dockerfile' || image.kind === 'template';
  const target = image.kind === 'dockerfile' ? image.target : template?.target;
  const folder =
    ['kube', 'kube-devspace'].find((one) => !found.files.some((file) => file.startsWith(`${one}/`))) ??
    'kube-init';
  const files: PlannedFile[] = [];

  if (template) files.push({ path: 'Dockerfile', text: template.dockerfile });
  const isRoot = contextOf(answers) === '.';
  const ours = isRoot ? [...OURS, ...(deploy.kind === 'new' ? [`${folder}/`] : [])] : [];
  const dockerignore =
    built && isRoot ? withLines(existing.dockerignore, [...ours, ...(template?.ignore ?? [])]) : undefined;
  if (dockerignore !== undefined && dockerignore !== existing.dockerignore)
    files.push({ path: '.dockerignore', text: dockerignore });
  const gitignore = withLines(existing.gitignore, ['.devspace/']);
  if (gitignore !== existing.gitignore) files.push({ path: '.gitignore', text: gitignore });
  if (deploy.kind === 'new') {
    const runs = image.kind === 'existing' ? image.reference : built ? image.repository : name;
    const { deployment, service } = manifestTexts(name, runs, port, built);
    files.push({ path: `${folder}/deployment.yaml`, text: deployment });
    if (service !== undefined) files.push({ path: `${folder}/service.yaml`, text: service });
  }
  // What an image leaves out is no part of the program, and what is installed or built on one side does not fit the other.
  const excluded = [
    inContext(answers),
    ...patternsOf(dockerignore ?? existing.dockerignore ?? ''),
    ...(ofLanguage?.ignore ?? []),
    '.git/',
    ...ours,
  ];
  const config = configText(answers, {
    manifests:
      deploy.kind === 'new'
        ? [folder]
        : deploy.kind === 'kustomize'
          ? [deploy.path]
          : deploy.kind === 'manifests'
            ? deploy.paths
            : [],
    dockerfile: image.kind === 'dockerfile' ? image.dockerfile : './Dockerfile',
    context: isRoot || image.kind !== 'dockerfile' ? undefined : image.context,
    target,
    workdir: dockerfile === undefined ? undefined : dockerfileFacts(dockerfile, target).workdir,
    // Of a Dockerfile that was made here before, it is known as well.
    needsRestart: dockerfile === ofLanguage?.dockerfile ? ofLanguage?.needsRestart : undefined,
    excludes: [...new Set(asGitPatterns(excluded))],
    labels: built ? undefined : deploy.kind === 'new' ? { app: name } : {},
  });
  return [...files, { path: 'devspace.yaml', text: config }];
}

/** The Dockerfile as its context names it. */
function inContext(answers: Answers): string {
  const path = answers.image.kind === 'dockerfile' ? normal(answers.image.dockerfile) : 'Dockerfile';
  const context = contextOf(answers);
  return path.startsWith(`${context}/`) ? path.slice(context.length + 1) : path;
}

function templateFor(text: TemplateText, found: Survey, port: number | undefined): Template {
  const stack = detectStack(found, text.language);
  return makeTemplate(text, found, { ...stack, port: port ?? stack.port });
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
