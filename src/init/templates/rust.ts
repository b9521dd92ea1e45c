import { has, type MakeTemplate } from './template.js';

export const rust: MakeTemplate = (found, { port }) => {
  const name = /^\s*name\s*=\s*"([\w-]+)"/m.exec(found.texts.get('Cargo.toml') ?? '')?.[1] ?? 'app';
  return {
    dockerfile: `# For development: sources and tools. \`devspace dev\` builds this stage and syncs what changes.
FROM rust:1 AS dev
RUN mkdir -p /app/target /home/dev && chown -R 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev CARGO_HOME=/home/dev/cargo
WORKDIR /app

# Crates are fetched again only when these files change.
COPY --chown=1000:1000 Cargo.toml ${has(found, 'Cargo.lock') ? 'Cargo.lock ' : ''}./
RUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo fetch && rm -r src

COPY --chown=1000:1000 . .
# Once, so that the first start in the cluster is quick.
RUN cargo build

EXPOSE ${port}
CMD ["cargo", "run"]

FROM dev AS release
RUN cargo build --release

# For production: the program alone.
FROM debian:bookworm-slim
USER 1000:1000
COPY --from=release /app/target/release/${name} /app
EXPOSE ${port}
ENTRYPOINT ["/app"]
`,
    ignore: ['target/', '.git/'],
    target: 'dev',
    needsRestart: true,
  };
};
