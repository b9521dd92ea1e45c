import { has, present, type MakeTemplate } from './template.js';

export const java: MakeTemplate = (found, { framework, port }) => {
  const maven = has(found, 'pom.xml');
  const lists = maven
    ? 'pom.xml'
    : present(found, 'build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts');
  const fetch = maven ? 'mvn --batch-mode dependency:go-offline' : 'gradle --no-daemon dependencies';
  const make = maven ? 'mvn --batch-mode package -DskipTests' : 'gradle --no-daemon build -x test';
  const run =
    framework === 'Quarkus'
      ? maven
        ? ['mvn', 'quarkus:dev', '-Dquarkus.http.host=0.0.0.0']
        : ['gradle', '--no-daemon', 'quarkusDev']
      : framework === 'Spring Boot'
        ? maven
          ? ['mvn', 'spring-boot:run']
          : ['gradle', '--no-daemon', 'bootRun']
        : maven
          ? ['mvn', 'compile', 'exec:java']
          : ['gradle', '--no-daemon', 'run'];
  return {
    dockerfile: `# For development: sources and tools. \`devspace dev\` builds this stage and syncs what changes.
FROM ${maven ? 'maven:3-eclipse-temurin-21' : 'gradle:8-jdk21'} AS dev
RUN mkdir /app /home/dev && chown 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev ${maven ? 'MAVEN_OPTS=-Dmaven.repo.local=/home/dev/m2' : 'GRADLE_USER_HOME=/home/dev/gradle'}
WORKDIR /app

# Dependencies are fetched again only when these files change.
COPY --chown=1000:1000 ${lists} ./
RUN ${fetch}

COPY --chown=1000:1000 . .
RUN ${make}

EXPOSE ${port}
CMD ${JSON.stringify(run)}

# For production: the program alone. Of several jars, the last by name is taken.
FROM dev AS jar
RUN cp "$(ls ${maven ? 'target' : 'build/libs'}/*.jar | grep -v -e plain -e original | tail -n 1)" /home/dev/app.jar

FROM eclipse-temurin:21-jre
USER 1000:1000
COPY --from=jar /home/dev/app.jar /app.jar
EXPOSE ${port}
ENTRYPOINT ["java", "-jar", "/app.jar"]
`,
    ignore: [maven ? 'target/' : 'build/', '.gradle/', '.git/'],
    target: 'dev',
    needsRestart: framework !== 'Quarkus',
  };
};
