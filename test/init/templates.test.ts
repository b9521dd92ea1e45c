import { describe, expect, it } from 'vitest';
import { detectLanguage, detectStack } from '../../src/init/language.js';
import { languages } from '../../src/init/languages.js';
import { fill } from '../../src/init/templates/fill.js';
import { makeTemplate } from '../../src/init/templates/index.js';
import { readTemplate } from '../../src/init/templates/read-template.js';
import { surveyOf } from './found.js';

async function make(files: Readonly<Record<string, string>>) {
  const found = surveyOf(files);
  const language = detectLanguage(found);
  if (language === undefined) throw new Error('no language');
  return makeTemplate(await readTemplate(language), found, detectStack(found, language));
}

const spring = '<artifactId>spring-boot-starter-web</artifactId><java.version>17</java.version>';

/** Projects as people have them; the goldens are what each gets. */
const projects: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'node-npm': {
    'package.json': '{"scripts":{"start":"node server.js"},"dependencies":{"express":"4"}}',
    'package-lock.json': '',
    '.nvmrc': 'v20.11.1',
  },
  'node-pnpm-vite': {
    'package.json': '{"scripts":{"dev":"vite"},"devDependencies":{"vite":"6"}}',
    'pnpm-lock.yaml': '',
  },
  'python-flask': {
    'requirements.txt': 'flask\n',
    'requirements-dev.txt': '',
    'web.py': '',
    'app.py': 'app = Flask(__name__)',
  },
  'python-fastapi-uv': {
    'pyproject.toml': '[project]\ndependencies = ["fastapi"]',
    'uv.lock': '',
    '.python-version': '3.12.4\n',
    'src/shop/main.py': 'api: FastAPI = FastAPI()\n',
  },
  'python-django-poetry': { 'pyproject.toml': '[tool.poetry]\ndjango = "5"', 'manage.py': '' },
  'python-plain': { 'pyproject.toml': '[project]\nname = "x"', 'main.py': 'port = 9000' },
  'python-pipenv': { Pipfile: 'flask = "*"', 'Pipfile.lock': '' },
  go: { 'go.mod': 'module x\ngo 1.26.1\n', 'cmd/server/main.go': '' },
  'java-maven-spring': { 'pom.xml': spring },
  'java-maven-plain': {
    'pom.xml': '<release>21</release>',
    'src/main/java/com/example/Main.java':
      'package com.example;\nclass Main { public static void main(String[] args) { new InetSocketAddress(8081) } }',
  },
  'java-gradle-plain': {
    'build.gradle.kts': 'plugins { application }\napplication { mainClass.set("com.example.AppKt") }',
    'settings.gradle.kts': 'rootProject.name = "x"',
    'gradle/wrapper/gradle-wrapper.properties': 'distributionUrl=https\\://x/gradle-8.10.2-bin.zip',
  },
  'java-gradle-quarkus': { 'build.gradle': 'io.quarkus' },
  'java-modules': { 'pom.xml': `${spring}<modules>` },
  php: { 'index.php': '' },
  'php-laravel': {
    'composer.json': '{"require":{"php":"8.2.*","laravel/framework":"11","ext-pdo_mysql":"*"}}',
    'composer.lock': '',
    'public/index.php': '',
  },
  'ruby-rails': { Gemfile: 'ruby "3.3.5"\ngem "rails"', 'Gemfile.lock': '' },
  'ruby-sinatra': { Gemfile: 'gem "sinatra"', 'app.rb': 'require "sinatra"' },
  'ruby-procfile': { 'main.rb': '', Procfile: 'release: x\nweb: puma -p $PORT\n' },
  rust: {
    'Cargo.toml': '[package]\nedition = "2024"\nname = "shop"\n[dependencies]\n',
    'Cargo.lock': '',
    'src/main.rs': '',
  },
  'rust-workspace': { 'Cargo.toml': '[workspace]\nmembers = ["a"]', 'a/Cargo.toml': '' },
  dotnet: {
    'src/Web/Web.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net8.0</TargetFramework>',
    'global.json': '',
  },
  'dotnet-console': { 'app.csproj': '<Project Sdk="Microsoft.NET.Sdk">', 'Program.cs': '' },
};

describe('a template', () => {
  it.each(Object.keys(projects))('makes a Dockerfile for %s', async (name) => {
    const files = projects[name] ?? {};
    const { dockerfile, ignore, needsRestart, target } = await make(files);
    const head = `# For: ${Object.keys(files).join(', ')}\n# Left out: ${ignore.join(' ')}\n# Restarted: ${needsRestart ? 'yes' : 'no'}\n\n`;
    await expect(head + dockerfile).toMatchFileSnapshot(`../golden/init/${name}.Dockerfile`);
    expect(dockerfile.split('\n').filter((line) => !INSTRUCTION.test(line))).toEqual([]);
    expect(target).toBe(/ AS dev$/m.test(dockerfile) ? 'dev' : undefined);
    // What is copied by name is there.
    for (const [, words = ''] of dockerfile.matchAll(/^COPY --chown=\S+ (.*) \S+$/gm))
      for (const word of words.split(' '))
        expect(word === '.' || word in files ? word : `no ${word}`).toBe(word);
    for (const [, args = ''] of dockerfile.matchAll(/^(?:CMD|ENTRYPOINT) (.*)$/gm))
      expect(JSON.parse(args)).toEqual(expect.arrayContaining([expect.any(String)]));
  });

  it.each(languages)('is complete for %s, whatever is there', async (language) => {
    const text = await readTemplate(language);
    const { dockerfile, ignore } = makeTemplate(text, surveyOf({}), detectStack(surveyOf({}), language));
    expect(dockerfile + ignore.join('\n')).not.toMatch(/\{\{|\}\}|#if|#end|undefined|\n\n\n/);
    expect(dockerfile).toMatch(/^USER \d+:\d+$/m);
    expect(ignore).toContain('.git/');
  });
});

/** A line of a Dockerfile: nothing, a comment, an instruction, or the rest of one. */
const INSTRUCTION = /^(?:$|#|(?:FROM|RUN|USER|ENV|WORKDIR|COPY|EXPOSE|CMD|ENTRYPOINT) \S| && )/;

describe('fill', () => {
  const values = { yes: true, no: false, word: 'w', empty: '' };

  it.each([
    ['a {{word}} b', 'a w b'],
    ['#if yes\na\n#else\nb\n#end\nc', 'a\nc'],
    ['#if no\na\n#else\nb\n#end\nc', 'b\nc'],
    ['#if !no\na\n#end', 'a'],
    ['#if word\na\n#end\n#if empty\nb\n#end', 'a'],
    ['#if no\n#if yes\na\n#else\nb\n#end\n#else\nc\n#end', 'c'],
    ['# if it were a comment\n#iffy', '# if it were a comment\n#iffy'],
  ])('%j becomes %j', (text, expected) => expect(fill(text, values)).toBe(expected));

  it('throws at what nobody gives', () => {
    expect(() => fill('{{other}}', values)).toThrow('other');
    expect(() => fill('#if other\n#end', values)).toThrow('other');
  });
});
