import type { Language } from './languages.js';
import { portInSource } from './port-in-source.js';
import type { Survey } from './survey.js';

export interface Stack {
  readonly language: Language;
  /** As people call it: `Express`, `Django`. */
  readonly framework: string | undefined;
  /** That the program listens on, as far as framework or source tell. */
  readonly port: number;
}

/** Files that only projects of a language have, surest first; a project with files of two languages is of the first. */
const MARKS: readonly (readonly [Language, RegExp])[] = [
  ['go', /^go\.mod$/],
  ['rust', /^Cargo\.toml$/],
  ['java', /^(?:pom\.xml|build\.gradle(?:\.kts)?)$/],
  ['dotnet', /^(?:[^/]+\/){0,2}[^/]+\.(?:csproj|fsproj|sln)$/],
  ['php', /^composer\.json$/],
  ['ruby', /^(?:Gemfile|config\.ru)$/],
  ['python', /^(?:requirements\.txt|pyproject\.toml|Pipfile|setup\.py|(?:src\/)?manage\.py)$/],
  ['node', /^package\.json$/],
];
const ENDINGS: Readonly<Record<string, Language>> = {
  js: 'node',
  mjs: 'node',
  ts: 'node',
  tsx: 'node',
  jsx: 'node',
  py: 'python',
  go: 'go',
  java: 'java',
  kt: 'java',
  php: 'php',
  rb: 'ruby',
  rs: 'rust',
  cs: 'dotnet',
  fs: 'dotnet',
};

/** The language that marker files name, else the one that most source files are in. */
export function detectLanguage({ files }: Survey): Language | undefined {
  // Rails and Django projects have a package.json for their pages: node is the last that counts.
  const marked = MARKS.find(([, mark]) => files.some((file) => mark.test(file)));
  if (marked) return marked[0];
  const counts = new Map<Language, number>();
  for (const file of files) {
    const language = ENDINGS[file.slice(file.lastIndexOf('.') + 1)];
    if (language) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0];
}

/** Name in the files that list dependencies, what people call it, the port it takes by default. */
const FRAMEWORKS: Readonly<Record<Language, readonly (readonly [RegExp, string, number])[]>> = {
  node: [
    [/"next"\s*:/, 'Next.js', 3000],
    [/"nuxt"\s*:/, 'Nuxt', 3000],
    [/"@nestjs\/core"\s*:/, 'NestJS', 3000],
    [/"@angular\/core"\s*:/, 'Angular', 4200],
    [/"astro"\s*:/, 'Astro', 4321],
    [/"react-scripts"\s*:/, 'React', 3000],
    [/"vite"\s*:/, 'Vite', 5173],
    [/"fastify"\s*:/, 'Fastify', 3000],
    [/"koa"\s*:/, 'Koa', 3000],
    [/"express"\s*:/, 'Express', 3000],
  ],
  python: [
    [/\bdjango\b/i, 'Django', 8000],
    [/\bfastapi\b/i, 'FastAPI', 8000],
    [/\bflask\b/i, 'Flask', 5000],
  ],
  go: [
    [/gin-gonic\/gin/, 'Gin', 8080],
    [/labstack\/echo/, 'Echo', 1323],
    [/gofiber\/fiber/, 'Fiber', 3000],
  ],
  java: [
    [/spring-boot/, 'Spring Boot', 8080],
    [/quarkus/, 'Quarkus', 8080],
    [/micronaut/, 'Micronaut', 8080],
  ],
  php: [
    [/laravel\/framework/, 'Laravel', 8080],
    [/symfony\/framework-bundle/, 'Symfony', 8080],
  ],
  ruby: [
    [/\brails\b/, 'Rails', 3000],
    [/\bsinatra\b/, 'Sinatra', 9292],
  ],
  rust: [
    [/\bactix-web\b/, 'Actix', 8080],
    [/\brocket\b/, 'Rocket', 8000],
    [/\baxum\b/, 'axum', 3000],
  ],
  dotnet: [[/Microsoft\.NET\.Sdk\.Web/, 'ASP.NET Core', 8080]],
};
const PORTS: Readonly<Record<Language, number>> = {
  node: 3000,
  python: 8000,
  go: 8080,
  java: 8080,
  php: 8080,
  ruby: 9292,
  rust: 8080,
  dotnet: 8080,
};
const LISTS =
  /^(?:package\.json|requirements[\w.-]*\.txt|pyproject\.toml|Pipfile|setup\.py|go\.mod|pom\.xml|build\.gradle(?:\.kts)?|composer\.json|Gemfile|Cargo\.toml|(?:[^/]+\/){0,2}[^/]+\.[cf]sproj)$/;

/** The framework and the port of a project in that language. */
export function detectStack(found: Survey, language: Language): Stack {
  const lists = [...found.texts].filter(([path]) => LISTS.test(path)).map(([, text]) => text);
  const known = FRAMEWORKS[language].find(([mark]) => lists.some((text) => mark.test(text)));
  const [, framework, usual = PORTS[language]] = known ?? [];
  const isSinatra = framework === 'Sinatra' && !found.files.includes('config.ru');
  return { language, framework, port: portInSource(found, language) ?? (isSinatra ? 4567 : usual) };
}
