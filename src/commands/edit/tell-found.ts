import { basename } from 'node:path';
import type { Answers } from '../../init/answers.js';
import type { Project } from '../../init/choose.js';
import { folderOf } from '../../init/found.js';
import { detectLanguage, detectStack } from '../../init/language.js';
import { languageNames } from '../../init/languages.js';
import { normal } from '../../init/plan.js';
import type { Invocation } from '../command.js';

/** What of the folder is going to be used. */
export function tellFound({ found, survey }: Project, emit: Invocation['emit']): void {
  const language = detectLanguage(survey);
  const stack = language === undefined ? undefined : detectStack(survey, language);
  const { charts, compose, dockerfiles, kustomizations, manifests } = found;
  const all = [
    ...(stack
      ? [
          stack.framework === undefined
            ? languageNames[stack.language]
            : `${languageNames[stack.language]} with ${stack.framework}`,
        ]
      : []),
    ...dockerfiles.slice(0, 3),
    ...manifests.slice(0, 3).map((path) => `manifests in ${path}`),
    ...kustomizations.slice(0, 3).map((path) => `kustomization ${path}`),
    ...charts.slice(0, 3).map((path) => `chart ${path}`),
    ...(compose ? [compose.file] : []),
  ];
  if (all.length > 0) emit({ type: 'note', level: 'info', text: `Found: ${all.join(', ')}` });
  if (compose?.isYaml === false) {
    emit({
      type: 'warning',
      code: 'COMPOSE_INVALID',
      text: `${compose.file} is no YAML, so nothing of it was used`,
      hint: `docker compose -f ${compose.file} config says what is wrong`,
    });
  }
  if (compose && compose.others.length > 0) {
    emit({
      type: 'warning',
      code: 'COMPOSE_SERVICES',
      text: `${compose.file} has services that are not taken over: ${compose.others.join(', ')}`,
      hint: 'write manifests for them, then: devspace add deployment NAME --manifests FILE',
    });
  }
}

/** One image is a beginning; in a repository of several programs each has a Dockerfile of its own. */
export function tellOthers({ found }: Project, { image }: Answers, emit: Invocation['emit']): void {
  if (image.kind !== 'dockerfile') return;
  const own = folderOf(normal(image.dockerfile));
  const other = found.dockerfiles.find((path) => folderOf(path) !== own);
  if (other === undefined) return;
  const [folder, name] = [folderOf(other), basename(folderOf(other))];
  const context = folder === '.' ? '' : ` --context ${folder}`;
  emit({
    type: 'note',
    level: 'info',
    text: `Built is ${image.dockerfile}; add the others as in: devspace add deployment ${name === '.' ? 'other' : name} --dockerfile ${other}${context}`,
  });
}
