import { describe, expect, it } from 'vitest';
import { dockerfileFacts } from '../../src/init/dockerfile-facts.js';
import { findParts } from '../../src/init/found.js';
import { detectLanguage, detectStack } from '../../src/init/language.js';
import { projectName } from '../../src/init/project-name.js';
import { surveyOf } from './found.js';

describe('language and framework', () => {
  it.each<[Record<string, string>, string | undefined, string | undefined, number | undefined]>([
    [{ 'package.json': '{"dependencies":{"express":"4"}}' }, 'node', 'Express', 3000],
    [{ 'package.json': '{"devDependencies":{"vite":"6"}}' }, 'node', 'Vite', 5173],
    [{ 'package.json': '{}', 'server.js': 'http.listen(process.env.PORT || 4000)' }, 'node', undefined, 4000],
    [{ 'package.json': '{}', 'index.js': 'app.listen(3100, () => {})' }, 'node', undefined, 3100],
    [{ 'requirements.txt': 'Django==5\n', 'package.json': '{}' }, 'python', 'Django', 8000],
    [
      { 'requirements.txt': 'flask', 'app.py': 'app.run(host="0.0.0.0", port=5050)' },
      'python',
      'Flask',
      5050,
    ],
    [{ 'pyproject.toml': 'dependencies = ["fastapi"]' }, 'python', 'FastAPI', 8000],
    [{ 'go.mod': 'module x', 'main.go': 'http.ListenAndServe(":9000", nil)' }, 'go', undefined, 9000],
    [{ 'go.mod': 'require github.com/gin-gonic/gin v1' }, 'go', 'Gin', 8080],
    [{ 'pom.xml': '<artifactId>spring-boot-starter</artifactId>' }, 'java', 'Spring Boot', 8080],
    [{ 'build.gradle.kts': 'io.quarkus' }, 'java', 'Quarkus', 8080],
    [
      { 'composer.json': '{"require":{"laravel/framework":"12"}}', 'package.json': '{}' },
      'php',
      'Laravel',
      8080,
    ],
    [{ Gemfile: 'gem "rails"', 'package.json': '{}' }, 'ruby', 'Rails', 3000],
    [{ 'Cargo.toml': 'axum = "0.8"' }, 'rust', 'axum', 3000],
    [{ 'src/web.csproj': '<Project Sdk="Microsoft.NET.Sdk.Web">' }, 'dotnet', 'ASP.NET Core', 8080],
    [{ 'a.py': '', 'b.py': '', 'c.js': '' }, 'python', undefined, 8000],
    [{ 'README.md': '' }, undefined, undefined, undefined],
  ])('of %j is %s, %s, port %s', (files, language, framework, port) => {
    const found = surveyOf(files);
    const detected = detectLanguage(found);
    expect(detected).toBe(language);
    if (detected) expect(detectStack(found, detected)).toMatchObject({ framework, port });
  });
});

const deployment = (image: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nspec:\n  containers:\n  - image: ${image}\n`;

describe('findParts', () => {
  it('knows manifests, kustomizations and charts, and what is none of them', () => {
    const found = findParts(
      surveyOf({
        'kube/app.yaml': deployment('registry.example.com/team/app'),
        'kube/db/db.yaml': deployment('postgres:16'),
        'top.yaml': deployment('"nginx:1.27" # web'),
        'overlays/dev/kustomization.yaml': 'resources: [x.yaml]',
        'overlays/dev/x.yaml': deployment('x'),
        'chart/Chart.yaml': 'name: x',
        'chart/crds/crd.yaml': deployment('y'),
        '.github/ci.yaml': 'on: push',
        'values.yaml': 'image: z',
        Dockerfile: '',
        'api/Dockerfile': '',
        'Dockerfile.dev': '',
      }),
    );
    expect(found).toMatchObject({
      manifests: ['kube', 'top.yaml'],
      kustomizations: ['overlays/dev'],
      charts: ['chart'],
      dockerfiles: ['Dockerfile', 'Dockerfile.dev', 'api/Dockerfile'],
    });
    expect(found.ownImages.toSorted()).toEqual(['registry.example.com/team/app', 'x', 'y']);
  });

  it.each([
    ['build: .\n    ports: ["8080:3000"]', { dockerfile: 'Dockerfile', context: '.', port: 3000 }],
    [
      'build: ./web\n    ports: [127.0.0.1:80:8000/tcp]',
      { dockerfile: 'web/Dockerfile', context: 'web', port: 8000 },
    ],
    [
      'build: {context: ./a, dockerfile: d/My.Dockerfile}\n    ports: [{target: 90}]',
      { dockerfile: 'a/d/My.Dockerfile', context: 'a', port: 90 },
    ],
    ['build: .', { dockerfile: 'Dockerfile', context: '.', port: undefined }],
  ])('reads the service that is built: %s', (service, app) => {
    const { compose } = findParts(
      surveyOf({ 'compose.yaml': `services:\n  db:\n    image: postgres\n  web:\n    ${service}\n` }),
    );
    expect(compose).toEqual({ file: 'compose.yaml', app, others: ['db'] });
  });

  it('takes no harm from a compose file that is none', () => {
    for (const text of ['[', 'services: 1', 'a: b', ''])
      expect(findParts(surveyOf({ 'docker-compose.yml': text })).compose?.app).toBeUndefined();
  });
});

describe('a Dockerfile', () => {
  it('tells the ports and the folder of its last stage', () => {
    const text =
      'FROM a AS build\nWORKDIR /build\nEXPOSE 1\nFROM b\nWORKDIR /app\nexpose 8080/tcp 9090 53/udp $PORT\n';
    expect(dockerfileFacts(text)).toEqual({ ports: [8080, 9090], workdir: '/app' });
    expect(dockerfileFacts('FROM a\nWORKDIR $HOME\n')).toEqual({ ports: [], workdir: undefined });
    expect(dockerfileFacts('')).toEqual({ ports: [], workdir: undefined });
  });
});

describe('projectName', () => {
  it.each([
    ['My App', 'my-app'],
    ['web', 'web'],
    ['--x_y.z--', 'xyz'],
    ['Ünïcode', 'ncode'],
    ['1st', 'devspace'],
    ['-', 'devspace'],
    ['a'.repeat(43), 'devspace'],
  ])('makes %j %j', (folder, name) => expect(projectName(folder)).toBe(name));
});
