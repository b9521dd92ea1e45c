import { has, type MakeTemplate } from './template.js';

export const go: MakeTemplate = (found, { port }) => {
  const main = found.files.find((file) => /^cmd\/[^/]+\/main\.go$/.test(file));
  const program = has(found, 'main.go') || main === undefined ? '.' : `./${main.replace('/main.go', '')}`;
  return {
    dockerfile: `# For development: sources and tools. \`devspace dev\` builds this stage and syncs what changes.
FROM golang:1.25 AS dev
RUN mkdir /app && chown 1000:1000 /app
USER 1000:1000
ENV HOME=/tmp GOCACHE=/tmp/go-build CGO_ENABLED=0
WORKDIR /app

# Modules are fetched again only when these files change.
COPY --chown=1000:1000 go.mod go.su[m] ./
RUN go mod download

COPY --chown=1000:1000 . .
# Once, so that the first start in the cluster is quick.
RUN go build -o /tmp/app ${program}

EXPOSE ${port}
CMD ["go", "run", "${program}"]

# For production: the program alone.
FROM scratch
COPY --from=dev /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=dev /tmp/app /app
USER 1000:1000
EXPOSE ${port}
ENTRYPOINT ["/app"]
`,
    ignore: ['.git/'],
    target: 'dev',
    needsRestart: true,
  };
};
