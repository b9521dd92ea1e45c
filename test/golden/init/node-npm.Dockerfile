# For: package.json, package-lock.json, .nvmrc
# Left out: **/node_modules/ .git/ npm-debug.log*
# Restarted: yes

FROM node:20-slim

# Not root, and with a folder that may be written to: what changes is synced into it.
RUN mkdir /app && chown 1000:1000 /app
USER 1000:1000
WORKDIR /app

# Dependencies are installed again only when these files change.
COPY --chown=1000:1000 package.json package-lock.json ./
RUN npm ci

COPY --chown=1000:1000 . .

ENV HOST=0.0.0.0 PORT=3000
EXPOSE 3000
CMD ["npm","run","start"]
