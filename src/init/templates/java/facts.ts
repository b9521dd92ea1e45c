import { has, present, sourceWith, textOf } from '../look.js';
import type { FindFacts } from '../template.js';

/** That there are images of. */
const RELEASES = [11, 17, 21, 25];

export const java: FindFacts = (found, { framework }) => {
  const maven = has(found, 'pom.xml') || !found.files.some((file) => file.startsWith('build.gradle'));
  const list = maven ? textOf(found, 'pom.xml') : textOf(found, 'build.gradle', 'build.gradle.kts');
  const settings = textOf(found, 'settings.gradle', 'settings.gradle.kts');
  const wanted = Number(
    /(?:<(?:java\.version|maven\.compiler\.(?:release|source|target)|release)>|JavaLanguageVersion\.of\(|VERSION_)(\d+)/.exec(
      list,
    )?.[1] ?? 21,
  );
  const release = RELEASES.find((one) => one >= wanted) ?? Math.max(...RELEASES);
  const wrapper = /gradle-(\d+(?:\.\d+)*)-/.exec(
    textOf(found, 'gradle/wrapper/gradle-wrapper.properties'),
  )?.[1];
  // The modules' own lists stand in their folders.
  const hasModules = maven ? /<modules>/.test(list) : /^\s*include\b/m.test(settings);
  const lists = maven
    ? present(found, 'pom.xml')
    : present(
        found,
        'build.gradle',
        'build.gradle.kts',
        'settings.gradle',
        'settings.gradle.kts',
        'gradle.properties',
      );
  const kind = framework === 'Quarkus' ? 'quarkus' : framework === undefined ? 'plain' : 'jar';
  const main = mainClass(found, list);
  return {
    values: {
      maven,
      java: String(release),
      image: maven
        ? `maven:3-eclipse-temurin-${release}`
        : `gradle:${wrapper ?? (release > 21 ? '9' : '8')}-jdk${release}`,
      lists: hasModules ? '' : lists,
      fetch: maven ? 'mvn --batch-mode dependency:go-offline' : 'gradle --no-daemon dependencies',
      build: buildLine(maven, kind),
      output: maven ? 'target' : kind === 'quarkus' ? 'build' : 'build/libs',
      libraries: maven ? 'target/dependency' : 'build/install/*/lib',
      main,
      quarkus: kind === 'quarkus',
      plain: kind === 'plain',
      jar: kind === 'jar',
      command: JSON.stringify(commandOf(maven, framework, main)),
    },
    needsRestart: framework !== 'Quarkus',
  };
};

function buildLine(maven: boolean, kind: string): string {
  if (kind !== 'plain')
    return maven ? 'mvn --batch-mode package -DskipTests' : 'gradle --no-daemon build -x test';
  return maven
    ? 'mvn --batch-mode compile dependency:copy-dependencies -DincludeScope=runtime && mkdir -p target/dependency'
    : 'gradle --no-daemon installDist';
}

function commandOf(maven: boolean, framework: string | undefined, main: string): string[] {
  if (!maven) {
    const task = { 'Spring Boot': 'bootRun', Quarkus: 'quarkusDev' }[framework ?? ''] ?? 'run';
    return ['gradle', '--no-daemon', task];
  }
  if (framework === 'Spring Boot') return ['mvn', 'spring-boot:run'];
  if (framework === 'Quarkus') return ['mvn', 'quarkus:dev', '-Dquarkus.http.host=0.0.0.0'];
  if (framework === 'Micronaut') return ['mvn', 'mn:run'];
  return [
    'sh',
    '-c',
    `mvn --offline --quiet compile && exec java -cp 'target/classes:target/dependency/*' ${main}`,
  ];
}

/** As the build names it, else the one that has a `main`. */
function mainClass(found: Parameters<FindFacts>[0], list: string): string {
  const named = /(?:<mainClass>|mainClass(?:Name)?(?:\.set\(|\s*=)\s*["'])([\w.$]+)/.exec(list)?.[1];
  if (named !== undefined) return named;
  const source = sourceWith(found, /\.(?:java|kt)$/, /\bstatic\s+void\s+main\s*\(|^fun\s+main\s*\(/m);
  if (!source) return 'Main';
  const name = source.file.slice(source.file.lastIndexOf('/') + 1);
  const inPackage = /^\s*package\s+([\w.]+)/m.exec(textOf(found, source.file))?.[1];
  const simple = name.endsWith('.kt') ? `${name.slice(0, -3)}Kt` : name.slice(0, -5);
  return inPackage === undefined ? simple : `${inPackage}.${simple}`;
}
