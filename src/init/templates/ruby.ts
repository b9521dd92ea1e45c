import { has, present, type MakeTemplate } from './template.js';

export const ruby: MakeTemplate = (found, { framework, port }) => {
  const gems = present(found, 'Gemfile', 'Gemfile.lock');
  const file = ['app.rb', 'main.rb', 'server.rb'].find((name) => has(found, name)) ?? 'app.rb';
  const command =
    framework === 'Rails'
      ? ['bundle', 'exec', 'rails', 'server', '--binding', '0.0.0.0', '--port', `${port}`]
      : has(found, 'config.ru')
        ? ['bundle', 'exec', 'rackup', '--host', '0.0.0.0', '--port', `${port}`]
        : [...(gems === '' ? [] : ['bundle', 'exec']), 'ruby', file];
  const install =
    gems === ''
      ? ''
      : `
# Gems are installed again only when these files change.
COPY --chown=app:app ${gems} ./
RUN bundle install
`;
  return {
    dockerfile: `# Not the slim one: gems are compiled here.
FROM ruby:3.4

# Not root, and with a folder that may be written to: what changes is synced into it.
RUN useradd --create-home app && mkdir /app && chown app:app /app
USER app
ENV BUNDLE_PATH=/home/app/gems
WORKDIR /app
${install}
COPY --chown=app:app . .

ENV PORT=${port}
EXPOSE ${port}
CMD ${JSON.stringify(command)}
`,
    ignore: ['log/', 'tmp/', 'vendor/bundle/', '.git/'],
    target: undefined,
    needsRestart: framework !== 'Rails',
  };
};
