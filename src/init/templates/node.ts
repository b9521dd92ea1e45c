import { has, present, type MakeTemplate } from './template.js';

export const node: MakeTemplate = (found, { port }) => {
  const tool = has(found, 'pnpm-lock.yaml') ? 'pnpm' : has(found, 'yarn.lock') ? 'yarn' : 'npm';
  const lists = present(found, 'package.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', '.npmrc');
  const install = {
    npm: has(found, 'package-lock.json') ? 'npm ci' : 'npm install',
    yarn: 'yarn install --frozen-lockfile',
    pnpm: 'pnpm install --frozen-lockfile',
  }[tool];
  const text = found.texts.get('package.json') ?? '';
  const script = ['dev', 'start'].find((name) => new RegExp(`"${name}"\\s*:`).test(scriptsOf(text)));
  const main = ['server.js', 'app.js', 'index.js', 'main.js', 'src/server.js', 'src/index.js', 'src/main.js'];
  const file = main.find((name) => has(found, name)) ?? 'index.js';
  const command = script === undefined ? ['node', file] : [tool, 'run', script];
  const installs =
    lists === ''
      ? ''
      : `
# Dependencies are installed again only when these files change.
COPY --chown=node:node ${lists} ./
RUN ${install}
`;
  return {
    dockerfile: `FROM node:22-slim
${tool === 'npm' ? '' : `RUN corepack enable ${tool}\n`}
# Not root, and with a folder that may be written to: what changes is synced into it.
RUN mkdir /app && chown node:node /app
USER node
WORKDIR /app
${installs}
COPY --chown=node:node . .

ENV PORT=${port}
EXPOSE ${port}
CMD ${JSON.stringify(command)}
`,
    ignore: ['node_modules/', '.git/', 'npm-debug.log*'],
    target: undefined,
    needsRestart:
      !/\b(?:nodemon|next|vite|nuxt|react-scripts|--watch|tsx watch|ts-node-dev|ng serve|nest start)\b/.test(
        text,
      ),
  };
};

function scriptsOf(packageJson: string): string {
  try {
    const parsed = JSON.parse(packageJson) as { scripts?: unknown };
    return JSON.stringify(parsed.scripts ?? {});
  } catch {
    return '';
  }
}
