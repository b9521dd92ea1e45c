import { has, present, procfileCommand, sourceWith, textOf } from '../look.js';
import type { FindFacts } from '../template.js';

export const ruby: FindFacts = (found, { framework, port }) => {
  const gems = present(found, 'Gemfile', 'Gemfile.lock', '.ruby-version');
  const file = ['app.rb', 'main.rb', 'server.rb'].find((name) => has(found, name)) ?? 'app.rb';
  const bundle = has(found, 'Gemfile') ? ['bundle', 'exec'] : [];
  // Bundler refuses another Ruby than the one that is named.
  const named =
    /^\s*ruby\s+["'](\d+\.\d+(?:\.\d+)?)["']/m.exec(textOf(found, 'Gemfile'))?.[1] ??
    /^(?:ruby-)?(\d+\.\d+(?:\.\d+)?)/.exec(textOf(found, '.ruby-version').trim())?.[1];
  // Serves itself when it is started as a program, and then only for this machine.
  const sinatra = sourceWith(found, /\.rb$/, /^require ["']sinatra["']/m)?.file;
  const command =
    framework === 'Rails'
      ? [...bundle, 'rails', 'server', '--binding', '0.0.0.0', '--port', `${port}`]
      : has(found, 'config.ru')
        ? [...bundle, 'rackup', '--host', '0.0.0.0', '--port', `${port}`]
        : sinatra !== undefined
          ? [...bundle, 'ruby', sinatra, '-o', '0.0.0.0', '-p', `${port}`]
          : (procfileCommand(found) ?? [...bundle, 'ruby', file]);
  return {
    values: {
      version: named ?? '3.4',
      gems: has(found, 'Gemfile') ? gems : '',
      command: JSON.stringify(command),
    },
    needsRestart: framework !== 'Rails',
  };
};
