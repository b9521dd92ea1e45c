# For: package.json, pnpm-lock.yaml
# Left out: **/node_modules/ .git/ npm-debug.log*
# Restarted: no

FROM node:22-slim
RUN corepack enable pnpm

# Not root, and with a folder that may be written to: what changes is synced into it.
RUN mkdir /app && chown 1000:1000 /app
USER 1000:1000
WORKDIR /app

# Dependencies are installed again only when these files change.
COPY --chown=1000:1000 package.json pnpm-lock.yaml ./
RUN pnpm install --frozen-lockfile

COPY --chown=1000:1000 . .

ENV HOST=0.0.0.0 PORT=5173
EXPOSE 5173
CMD ["pnpm","run","dev","--host","0.0.0.0"]
