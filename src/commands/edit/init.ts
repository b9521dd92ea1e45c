import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Failure, systemCode } from '../../base/failure.js';
import { chooseAnswers, type Project, type Said } from '../../init/choose.js';
import { findParts } from '../../init/found.js';
import { checkNamedPaths } from '../../init/named-paths.js';
import { contextOf, languageOf, normal, planFiles } from '../../init/plan.js';
import { projectName } from '../../init/project-name.js';
import { survey } from '../../init/survey.js';
import { readTemplate } from '../../init/templates/read-template.js';
import { writeFiles } from '../../init/write-files.js';
import { CONFIG_FILE } from '../../state/project.js';
import { canAsk } from '../ask.js';
import { askForInit } from './ask-for-init.js';
import type { CommandHandler, Invocation } from '../command.js';
import { listFlag, textFlag } from '../flags.js';
import { tellFound, tellOthers } from './tell-found.js';

/** `devspace init`: looks at the folder, asks what it cannot know (on a terminal), and writes devspace.yaml with all it needs. */
export const run: CommandHandler = async (invocation) => {
  const { cwd, emit, flags, signal } = invocation;
  const file = join(cwd, CONFIG_FILE);
  const exists = existsSync(file);
  if (exists && flags.reconfigure !== true) {
    throw new Failure({
      code: 'CONFIG_EXISTS',
      message: `there is a ${CONFIG_FILE} here already`,
      subject: file,
      hint: 'devspace dev, or to begin again: devspace init --reconfigure',
    });
  }
  const fromFlags = saidBy(flags);
  await checkNamedPaths(cwd, fromFlags);
  const found = await survey(
    cwd,
    signal,
    fromFlags.dockerfile === undefined ? [] : [normal(fromFlags.dockerfile)],
  );
  const project: Project = { survey: found, found: findParts(found), name: projectName(basename(cwd)) };
  tellFound(project, emit);
  const asked = flags.yes !== true && canAsk(invocation);
  const said = asked ? await askForInit(invocation, project, fromFlags) : fromFlags;
  const answers = chooseAnswers(project, said);
  if (said.dockerfile === undefined) tellOthers(project, answers, emit);
  const existing = {
    gitignore: await textIfThere(join(cwd, '.gitignore')),
    dockerignore: await textIfThere(join(cwd, contextOf(answers), '.dockerignore')),
  };
  const language = languageOf(found, answers);
  const template = language === undefined ? undefined : await readTemplate(language);
  const files = planFiles(found, answers, existing, template);
  if (exists) {
    const old = freeName(file);
    await rename(file, old);
    emit({ type: 'note', level: 'info', text: `The old ${CONFIG_FILE} is now ${basename(old)}` });
    await writeOrPutBack(invocation, files, old, file);
  } else await writeFiles(cwd, files, GROWING, signal);
  for (const { path } of files) {
    const verb = found.files.includes(path) && GROWING.has(path) ? 'Updated' : 'Created';
    emit({ type: 'note', level: 'done', text: `${verb} ${path}` });
  }
  if (answers.image.kind === 'template' || answers.image.kind === 'dockerfile')
    emit({
      type: 'note',
      level: 'info',
      text: `Images go to ${answers.image.repository}: set images.app.image when that is not yours`,
    });
  if (answers.deploy.kind === 'chart')
    emit({
      type: 'warning',
      code: 'CONFIG_UNSUPPORTED',
      text: 'charts are not deployed yet: devspace deploy will refuse this config',
      hint: 'to begin with small manifests instead: devspace init --reconfigure --manifests=',
    });
  emit({ type: 'note', level: 'info', text: 'Next: devspace use namespace NAME, then devspace dev' });
  return 0;
};

/** Those that get further lines when they are there. */
const GROWING: ReadonlySet<string> = new Set(['.gitignore', '.dockerignore']);

async function writeOrPutBack(
  { cwd, signal }: Invocation,
  files: Parameters<typeof writeFiles>[1],
  old: string,
  file: string,
): Promise<void> {
  try {
    await writeFiles(cwd, files, GROWING, signal);
  } catch (error) {
    await rename(old, file);
    throw error;
  }
}

function freeName(file: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? `${file}.old` : `${file}.old${count}`;
    if (!existsSync(name)) return name;
  }
}

function saidBy(flags: Invocation['flags']): Said {
  return {
    name: textFlag(flags.name),
    language: textFlag(flags.language),
    dockerfile: textFlag(flags.dockerfile),
    context: textFlag(flags.context),
    image: textFlag(flags.image),
    existingImage: textFlag(flags.existingImage),
    manifests: listFlag(flags.manifests),
    kustomize: textFlag(flags.kustomize),
    chart: textFlag(flags.chart),
    port: textFlag(flags.port),
  };
}

async function textIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
