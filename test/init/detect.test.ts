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
    [
      { 'Cargo.toml': '[package]', 'src/main.rs': 'TcpListener::bind("0.0.0.0:7878")' },
      'rust',
      undefined,
      7878,
    ],
    [
      { 'Cargo.toml': 'actix-web = "4"', 'src/main.rs': 'server.bind(("0.0.0.0", 8123))' },
      'rust',
      'Actix',
      8123,
    ],
    [{ Gemfile: 'gem "sinatra"', 'app.rb': 'require "sinatra"' }, 'ruby', 'Sinatra', 4567],
    [{ Gemfile: 'gem "sinatra"', 'config.ru': '' }, 'ruby', 'Sinatra', 9292],
    [{ Gemfile: '', 'app.rb': "TCPServer.new('0.0.0.0', 5678)" }, 'ruby', undefined, 5678],
    [{ 'main.go': 'r.Run(":8090")', 'go.mod': '' }, 'go', undefined, 8090],
    [{ 'main.go': 'http.ListenAndServe("0.0.0.0:8091", nil)', 'go.mod': '' }, 'go', undefined, 8091],
    [
      { 'pom.xml': 'spring-boot', 'src/main/resources/application.properties': 'a=b\nserver.port=8085\n' },
      'java',
      'Spring Boot',
      8085,
    ],
    [
      { 'build.gradle': '', 'src/main/java/App.java': 'HttpServer.create(new InetSocketAddress(8086), 0)' },
      'java',
      undefined,
      8086,
    ],
    [{ 'main.py': 'HTTPServer(("", 8001), Handler)' }, 'python', undefined, 8001],
    [{ 'main.py': 'port = int(os.environ.get("PORT", "8002"))' }, 'python', undefined, 8002],
    // What belongs to another language does not count.
    [{ 'requirements.txt': 'flask', 'server.js': 'app.listen(3001)' }, 'python', 'Flask', 5000],
    [{ 'package.json': '{"dependencies":{"astro":"5"}}' }, 'node', 'Astro', 4321],
    [
      { 'src/app/app.fsproj': '<Project Sdk="Microsoft.NET.Sdk.Web">', 'a.fs': '' },
      'dotnet',
      'ASP.NET Core',
      8080,
    ],
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
    [
      'build: .\n    ports: ["8080:3000"]',
      { dockerfile: 'Dockerfile', context: '.', target: undefined, port: 3000 },
    ],
    [
      'build: ./web\n    ports: [127.0.0.1:80:8000/tcp]',
      { dockerfile: 'web/Dockerfile', context: 'web', target: undefined, port: 8000 },
    ],
    [
      'build: {context: ./a, dockerfile: d/My.Dockerfile, target: dev}\n    expose: [90]',
      { dockerfile: 'a/d/My.Dockerfile', context: 'a', target: 'dev', port: 90 },
    ],
    ['build: .', { dockerfile: 'Dockerfile', context: '.', target: undefined, port: undefined }],
  ])('reads the service that is built: %s', (service, app) => {
    const { compose } = findParts(
      surveyOf({ 'compose.yaml': `services:\n  db:\n    image: postgres\n  web:\n    ${service}\n` }),
    );
    expect(compose).toEqual({ file: 'compose.yaml', app, others: ['db'], isYaml: true });
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

  it('tells those of a stage, of what it is made from, and of its variables', () => {
    const text =
      'ARG BASE=a\nFROM $BASE AS Base\nENV A=1 PORT=4000\nEXPOSE ${PORT}\nWORKDIR /srv\nFROM base AS dev\nEXPOSE 9229\nFROM scratch\n';
    expect(dockerfileFacts(text, 'dev')).toEqual({ ports: [4000, 9229], workdir: '/srv' });
    expect(dockerfileFacts(text)).toEqual({ ports: [], workdir: undefined });
    expect(dockerfileFacts('FROM a AS a\nFROM a\nARG P 80\nEXPOSE $P\n').ports).toEqual([80]);
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
