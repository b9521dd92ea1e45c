# For: pom.xml
# Left out: **/target/ .git/
# Restarted: yes

# For development: sources and tools. `devspace dev` builds this stage and syncs what changes.
FROM maven:3-eclipse-temurin-17 AS dev
RUN mkdir -p /app /home/dev && chown 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev MAVEN_OPTS=-Dmaven.repo.local=/home/dev/m2
WORKDIR /app

COPY --chown=1000:1000 . .
# Once, so that the first start in the cluster is quick.
RUN mvn --batch-mode package -DskipTests

EXPOSE 8080
CMD ["mvn","spring-boot:run"]

# For production: the program alone. Of several jars, the largest has all it needs.
FROM dev AS jar
RUN cp "$(find . -path '*/target/*.jar' -exec ls -S {} + | head -n 1)" /home/dev/app.jar

FROM eclipse-temurin:17-jre
USER 1000:1000
COPY --from=jar /home/dev/app.jar /app.jar
EXPOSE 8080
ENTRYPOINT ["java", "-jar", "/app.jar"]
