# For: Cargo.toml, Cargo.lock, src/main.rs
# Left out: target/ .git/
# Restarted: yes

# For development: sources and tools. `devspace dev` builds this stage and syncs what changes.
# Both stages are of one Debian: a program does not run with an older libc than it was built with.
FROM rust:1-bookworm AS dev
RUN mkdir -p /app /home/dev && chown 1000:1000 /app /home/dev
USER 1000:1000
ENV HOME=/home/dev CARGO_HOME=/home/dev/cargo
WORKDIR /app

# Crates are built again only when these files change.
COPY --chown=1000:1000 Cargo.toml Cargo.lock ./
RUN mkdir src && echo 'fn main() {}' > src/main.rs && cargo build && cargo clean --package shop && rm -r src

COPY --chown=1000:1000 . .
# Once, so that the first start in the cluster is quick.
RUN cargo build

EXPOSE 8080
CMD ["cargo", "run"]

FROM dev AS release
RUN cargo build --release && cp "$(find target/release -maxdepth 1 -type f -executable | head -n 1)" /home/dev/program

# For production: the program alone.
FROM debian:bookworm-slim
USER 1000:1000
COPY --from=release /home/dev/program /app
EXPOSE 8080
ENTRYPOINT ["/app"]
