# For: pom.xml, src/main/java/com/example/Main.java
# Left out: **/target/ .git/
# Restarted: yes

# For development: sources and tools. `devspace dev` builds this stage and syncs what changes.
FROM maven:3-eclipse-temurin-21 AS dev
RUN mkdir -p /app /home/dev && chown 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev MAVEN_OPTS=-Dmaven.repo.local=/home/dev/m2
WORKDIR /app

# Dependencies are fetched again only when these files change.
COPY --chown=1000:1000 pom.xml ./
RUN mvn --batch-mode dependency:go-offline

COPY --chown=1000:1000 . .
# Once, so that the first start in the cluster is quick.
RUN mvn --batch-mode compile dependency:copy-dependencies -DincludeScope=runtime && mkdir -p target/dependency

EXPOSE 8081
CMD ["sh","-c","mvn --offline --quiet compile && exec java -cp 'target/classes:target/dependency/*' com.example.Main"]

# For production: the program and what it needs.
FROM eclipse-temurin:21-jre
USER 1000:1000
COPY --from=dev /app/target/dependency /app/lib
COPY --from=dev /app/target/classes /app/classes
EXPOSE 8081
ENTRYPOINT ["java", "-cp", "/app/classes:/app/lib/*", "com.example.Main"]
