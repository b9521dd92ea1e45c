# For: go.mod, cmd/server/main.go
# Left out: .git/
# Restarted: yes

# For development: sources and tools. `devspace dev` builds this stage and syncs what changes.
FROM golang:1.26 AS dev
RUN mkdir /app && chown 1000:1000 /app
USER 1000:1000
ENV HOME=/tmp GOCACHE=/tmp/go-build CGO_ENABLED=0
WORKDIR /app

# Modules are fetched again only when these files change.
COPY --chown=1000:1000 go.mod ./
RUN go mod download

COPY --chown=1000:1000 . .
# Once, so that the first start in the cluster is quick.
RUN go build -o /tmp/app ./cmd/server

EXPOSE 8080
CMD ["go", "run", "./cmd/server"]

# For production: the program alone.
FROM scratch
COPY --from=dev /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=dev /tmp/app /app
USER 1000:1000
EXPOSE 8080
ENTRYPOINT ["/app"]
