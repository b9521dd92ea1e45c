# For: build.gradle
# Left out: **/build/ .gradle/ .git/
# Restarted: no

# For development: sources and tools. `devspace dev` builds this stage and syncs what changes.
FROM gradle:8-jdk21 AS dev
RUN mkdir -p /app /home/dev && chown 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev GRADLE_USER_HOME=/home/dev/gradle
WORKDIR /app

# Dependencies are fetched again only when these files change.
COPY --chown=1000:1000 build.gradle ./
RUN gradle --no-daemon dependencies

COPY --chown=1000:1000 . .
# Once, so that the first start in the cluster is quick.
RUN gradle --no-daemon build -x test

EXPOSE 8080
CMD ["gradle","--no-daemon","quarkusDev"]

# For production: the program alone.
FROM eclipse-temurin:21-jre
USER 1000:1000
COPY --from=dev /app/build/quarkus-app /app
EXPOSE 8080
ENTRYPOINT ["java", "-Dquarkus.http.host=0.0.0.0", "-Dquarkus.http.port=8080", "-jar", "/app/quarkus-run.jar"]
