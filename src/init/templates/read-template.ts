import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Language } from '../languages.js';
import type { TemplateText } from './template.js';

/** The texts of a language's template: data files, beside this one or, once built, in dist/templates. */
export async function readTemplate(language: Language): Promise<TemplateText> {
  const folder = join(templatesDir(), language);
  const [dockerfile, dockerignore] = await Promise.all(
    ['Dockerfile', 'dockerignore'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  return { language, dockerfile: dockerfile ?? '', dockerignore: dockerignore ?? '' };
}

function templatesDir(): string {
  const here = new URL('.', import.meta.url);
  return fileURLToPath(here.pathname.endsWith('/templates/') ? here : new URL('templates/', here));
}
