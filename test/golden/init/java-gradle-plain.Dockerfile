# For: build.gradle.kts, settings.gradle.kts, gradle/wrapper/gradle-wrapper.properties
# Left out: **/build/ .gradle/ .git/
# Restarted: yes

# For development: sources and tools. `devspace dev` builds this stage and syncs what changes.
FROM gradle:8.10.2-jdk21 AS dev
RUN mkdir -p /app /home/dev && chown 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev GRADLE_USER_HOME=/home/dev/gradle
WORKDIR /app

# Dependencies are fetched again only when these files change.
COPY --chown=1000:1000 build.gradle.kts settings.gradle.kts ./
RUN gradle --no-daemon dependencies

COPY --chown=1000:1000 . .
# Once, so that the first start in the cluster is quick.
RUN gradle --no-daemon installDist

EXPOSE 8080
CMD ["gradle","--no-daemon","run"]

# For production: the program and what it needs.
FROM eclipse-temurin:21-jre
USER 1000:1000
COPY --from=dev /app/build/install/*/lib /app/lib
EXPOSE 8080
ENTRYPOINT ["java", "-cp", "/app/classes:/app/lib/*", "com.example.AppKt"]
