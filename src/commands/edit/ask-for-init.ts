import { parseImageReference } from '../../base/image-reference.js';
import {
  chooseAnswers,
  suggestedDockerfile,
  suggestedPort,
  suggestedRepository,
  type Project,
  type Said,
} from '../../init/choose.js';
import { detectLanguage } from '../../init/language.js';
import { languageNames, languages } from '../../init/languages.js';
import { askChoice, askText } from '../ask.js';
import type { Invocation } from '../command.js';

/** Asks for what has not been said and cannot be known; what is found is what Enter takes. */
export async function askForInit(invocation: Invocation, project: Project, said: Said): Promise<Said> {
  const image = await askForImage(invocation, project, said);
  const deploy = await askForDeploy(invocation, project, image);
  const needsName =
    deploy.existingImage === undefined && deploy.image === undefined && isBuilt(project, deploy);
  const named = needsName
    ? {
        ...deploy,
        image: await askText(
          invocation,
          'Where is the image pushed to? (for a cluster on this machine a name is enough)',
          suggestedRepository(project, deploy),
          (text) =>
            parseImageReference(text)?.name === text
              ? undefined
              : 'A repository without a tag, such as registry.example.com/team/app',
        ),
      }
    : deploy;
  if (named.port !== undefined) return named;
  const preset = suggestedPort(project, chooseAnswers(project, named).image);
  const port = await askText(
    invocation,
    'Which port does the program listen on? (0 for none)',
    `${preset ?? 0}`,
    (text) => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? undefined : 'A number from 0 to 65535'),
  );
  return { ...named, port };
}

function isBuilt(project: Project, said: Said): boolean {
  const { kind } = chooseAnswers(project, said).image;
  return kind === 'dockerfile' || kind === 'template';
}

async function askForImage(invocation: Invocation, project: Project, said: Said): Promise<Said> {
  if ([said.dockerfile, said.language, said.existingImage].some((one) => one !== undefined)) return said;
  const { dockerfiles } = project.found;
  const preset = suggestedDockerfile(project.found);
  const canMake = !dockerfiles.includes('Dockerfile');
  const choices = [
    ...dockerfiles.map((path) => ({ value: `./${path}`, name: `Use ./${path}` })),
    ...(canMake ? [{ value: MAKE, name: 'Create a Dockerfile for me' }] : []),
    { value: EXISTING, name: 'Use an image that exists' },
  ];
  const chosen = await askChoice(
    invocation,
    'How is the image of this project built?',
    choices,
    preset ?? MAKE,
  );
  if (chosen === MAKE) {
    const language = await askChoice(
      invocation,
      'Which language is it written in?',
      languages.map((value) => ({ value, name: languageNames[value] })),
      detectLanguage(project.survey),
    );
    return { ...said, language };
  }
  if (chosen !== EXISTING) return { ...said, dockerfile: chosen };
  const existingImage = await askText(invocation, 'Which image?', '', (text) =>
    parseImageReference(text) ? undefined : 'The name of an image, such as nginx:1.27',
  );
  return { ...said, existingImage };
}

const MAKE = 'make';
const EXISTING = 'existing';

async function askForDeploy(invocation: Invocation, { found }: Project, said: Said): Promise<Said> {
  if ([said.manifests, said.kustomize, said.chart].some((one) => one !== undefined)) return said;
  const choices: { value: Said; name: string }[] = [
    ...found.kustomizations.map((kustomize) => ({
      value: { kustomize },
      name: `The kustomization ${kustomize}`,
    })),
    ...(found.manifests.length > 0
      ? [{ value: { manifests: found.manifests }, name: `The manifests in ${found.manifests.join(', ')}` }]
      : []),
    ...found.charts.map((chart) => ({ value: { chart }, name: `The chart ${chart}` })),
    { value: { manifests: [] }, name: 'Create small manifests for me' },
  ];
  const [only, ...others] = choices;
  if (only && others.length === 0) return said;
  return { ...said, ...(await askChoice(invocation, 'What is deployed?', choices)) };
}
