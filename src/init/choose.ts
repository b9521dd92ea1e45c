import { Failure } from '../base/failure.js';
import { parseImageReference } from '../base/image-reference.js';
import type { Answers, DeployAnswer, ImageAnswer } from './answers.js';
import { dockerfileFacts } from './dockerfile-facts.js';
import type { Found } from './found.js';
import { detectLanguage, detectStack } from './language.js';
import { languages, type Language } from './languages.js';
import { normal } from './plan.js';
import type { Survey } from './survey.js';

/** What has been said: by flags, or in answer to questions. Undefined leaves it to what is found. */
export interface Said {
  readonly name?: string | undefined;
  readonly language?: string | undefined;
  readonly dockerfile?: string | undefined;
  readonly context?: string | undefined;
  /** Repository that the image is pushed to. */
  readonly image?: string | undefined;
  readonly existingImage?: string | undefined;
  readonly manifests?: readonly string[] | undefined;
  readonly kustomize?: string | undefined;
  readonly chart?: string | undefined;
  /** `0` for none. */
  readonly port?: string | undefined;
}

export interface Project {
  readonly survey: Survey;
  readonly found: Found;
  /** Name out of the folder's. */
  readonly name: string;
}

/** All answers, from what has been said and what is found. Failures: USAGE, DOCKERFILE_MISSING, INIT_NOTHING_FOUND. */
export function chooseAnswers(project: Project, said: Said): Answers {
  const name = said.name ?? project.name;
  if (!/^[a-z0-9](?:[a-z0-9-]{0,51}[a-z0-9])?$/.test(name))
    throw usage(
      `--name "${name}" is no name in Kubernetes`,
      'use lower-case letters, digits and hyphens: --name web',
    );
  const deploy = chooseDeploy(project, said);
  if (deploy.kind === 'new' && /^\d/.test(name))
    throw usage(`--name "${name}" is no name of a Service, for it begins with a digit`, `--name app-${name}`);
  const image = chooseImage(project, said, deploy);
  return { name, deploy, image, port: choosePort(project, said, image) };
}

export function chooseDeploy({ found }: Project, { chart, kustomize, manifests }: Said): DeployAnswer {
  if ([chart, kustomize, manifests].filter((one) => one !== undefined).length > 1)
    throw usage('--manifests, --kustomize and --chart exclude each other', 'give one of them');
  if (chart !== undefined) return { kind: 'chart', path: chart };
  if (kustomize !== undefined) return { kind: 'kustomize', path: kustomize };
  if (manifests !== undefined)
    return manifests.length === 0 ? { kind: 'new' } : { kind: 'manifests', paths: manifests };
  const [kustomization] = found.kustomizations;
  if (kustomization !== undefined) return { kind: 'kustomize', path: kustomization };
  if (found.manifests.length > 0) return { kind: 'manifests', paths: found.manifests };
  // Last: charts of others often lie around, for example below examples/.
  const [path] = found.charts;
  return path === undefined ? { kind: 'new' } : { kind: 'chart', path };
}

function chooseImage(project: Project, said: Said, deploy: DeployAnswer): ImageAnswer {
  const { found, survey } = project;
  if (said.existingImage !== undefined) {
    if (said.dockerfile !== undefined || said.language !== undefined)
      throw usage('--existing-image is not built', 'leave out --dockerfile and --language');
    if (!parseImageReference(said.existingImage))
      throw usage(
        `--existing-image "${said.existingImage}" is no name of an image`,
        '--existing-image nginx:1.27',
      );
    return { kind: 'existing', reference: said.existingImage };
  }
  const repository = said.image ?? suggestedRepository(project, said);
  const reference = parseImageReference(repository);
  if (!reference || reference.tag !== undefined || reference.digest !== undefined)
    throw usage(
      `--image "${repository}" is no repository`,
      'without a tag: --image registry.example.com/team/app',
    );
  const dockerfile =
    said.dockerfile ?? (said.language === undefined ? suggestedDockerfile(found) : undefined);
  if (dockerfile !== undefined) {
    if (said.dockerfile !== undefined && !survey.files.includes(normal(dockerfile)))
      throw noDockerfile(dockerfile, found);
    return {
      kind: 'dockerfile',
      repository,
      dockerfile,
      context: said.context ?? suggestedContext(found, dockerfile),
      target: suggestedTarget(project, dockerfile),
    };
  }
  const language = said.language ?? detectLanguage(survey);
  if (language !== undefined) {
    if (!isLanguage(language))
      throw usage(`--language ${language} is not known`, `use one of ${languages.join(', ')}`);
    if (survey.files.includes('Dockerfile'))
      throw usage(
        'there is a Dockerfile already',
        'leave out --language, or move it away: mv Dockerfile Dockerfile.old',
      );
    return { kind: 'template', repository, language };
  }
  if (deploy.kind !== 'new') return { kind: 'none' };
  throw new Failure({
    code: 'INIT_NOTHING_FOUND',
    message:
      'there is no Dockerfile, no manifest, no chart, and no source file of a language that devspace knows',
    hint: `devspace init --language node (or ${languages.slice(1).join(', ')}), or --existing-image nginx:1.27`,
  });
}

/** The Dockerfile that is taken where nothing is said. */
export function suggestedDockerfile({ compose, dockerfiles }: Found): string | undefined {
  const ofCompose = compose?.app?.dockerfile;
  const path = ofCompose !== undefined && dockerfiles.includes(ofCompose) ? ofCompose : dockerfiles[0];
  return path === undefined ? undefined : `./${path}`;
}

/** The folder of a Dockerfile further down is what it builds, unless that is a folder for Dockerfiles. Undefined for the project itself. */
function suggestedContext({ compose }: Found, dockerfile: string): string | undefined {
  const path = normal(dockerfile);
  if (compose?.app?.dockerfile === path && compose.app.context !== undefined)
    return compose.app.context === '.' ? undefined : `./${compose.app.context}`;
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : undefined;
  return folder === undefined || /(?:^|\/)(?:docker|dockerfiles|build|deploy|ci|hack)$/i.test(folder)
    ? undefined
    : `./${folder}`;
}

/** The stage that a compose file builds, else the one that is for development by its name. */
function suggestedTarget({ found, survey }: Project, dockerfile: string): string | undefined {
  const path = normal(dockerfile);
  if (found.compose?.app?.dockerfile === path && found.compose.app.target !== undefined)
    return found.compose.app.target;
  return /^\s*FROM\s.*\sAS\s+(dev|development)\s*$/im.exec(survey.texts.get(path) ?? '')?.[1];
}

/** What the manifests run, else just the name, which is enough for a cluster on this machine. */
export function suggestedRepository({ found, name }: Project, said: Said): string {
  const [only, ...others] = found.ownImages;
  return only !== undefined && others.length === 0 ? only : (said.name ?? name);
}

/** The port that is taken where nothing is said. */
export function suggestedPort({ found, survey }: Project, image: ImageAnswer): number | undefined {
  if (image.kind === 'template') return detectStack(survey, image.language).port;
  if (image.kind !== 'dockerfile') return undefined;
  const text = survey.texts.get(normal(image.dockerfile));
  return (
    (text === undefined ? undefined : dockerfileFacts(text, image.target).ports[0]) ??
    found.compose?.app?.port
  );
}

function choosePort(project: Project, { port }: Said, image: ImageAnswer): number | undefined {
  if (port === undefined) return suggestedPort(project, image);
  const number = /^\d{1,5}$/.test(port) ? Number(port) : Number.NaN;
  if (!(number <= 65_535))
    throw usage(`--port ${port} is no port`, 'a number from 1 to 65535, or 0 for none');
  return number === 0 ? undefined : number;
}

function isLanguage(text: string): text is Language {
  return (languages as readonly string[]).includes(text);
}

function noDockerfile(path: string, { dockerfiles }: Found): Failure {
  return new Failure({
    code: 'DOCKERFILE_MISSING',
    message: `the Dockerfile does not exist: ${path}`,
    subject: path,
    hint:
      dockerfiles.length > 0
        ? `there is: ${dockerfiles.join(', ')}`
        : 'to have one made: devspace init --language node',
  });
}

function usage(message: string, hint: string): Failure {
  return new Failure({ code: 'USAGE', message, hint });
}
