import { has, minorVersion, present, procfileCommand, sourceWith, textOf } from '../look.js';
import type { FindFacts } from '../template.js';

const MAINS = ['main.py', 'app.py', 'server.py', 'wsgi.py'];

export const python: FindFacts = (found, { framework, port }) => {
  const project = textOf(found, 'pyproject.toml');
  const tool = has(found, 'uv.lock')
    ? 'uv'
    : has(found, 'poetry.lock') || /^\[tool\.poetry\]/m.test(project)
      ? 'poetry'
      : has(found, 'Pipfile')
        ? 'pipenv'
        : has(found, 'requirements.txt')
          ? 'requirements'
          : /^\[project\]/m.test(project)
            ? 'pyproject'
            : has(found, 'setup.py')
              ? 'setup'
              : undefined;
  const lists = {
    uv: present(found, 'pyproject.toml', 'uv.lock'),
    poetry: present(found, 'pyproject.toml', 'poetry.lock'),
    pipenv: present(found, 'Pipfile', 'Pipfile.lock'),
    // One list may name another.
    requirements: found.files
      .filter((file) => /^(?:requirements[\w.-]*|constraints[\w.-]*)\.txt$/.test(file))
      .join(' '),
    pyproject: 'pyproject.toml',
    setup: '',
  }[tool ?? 'setup'];
  const packages = [...found.texts]
    .filter(([path]) => /^(?:requirements[\w.-]*\.txt|pyproject\.toml|Pipfile|setup\.py)$/.test(path))
    .map(([, text]) => text)
    .join('\n');
  return {
    values: {
      version: minorVersion(textOf(found, '.python-version')) ?? '3.13',
      lists,
      requirements: tool === 'requirements',
      uv: tool === 'uv',
      poetry: tool === 'poetry',
      pipenv: tool !== 'pipenv' ? '' : has(found, 'Pipfile.lock') ? 'sync' : 'install',
      pyproject: tool === 'pyproject',
      setup: tool === 'setup',
      uvicorn: framework === 'FastAPI' && !/\buvicorn\b|fastapi\[/.test(packages),
      // Its modules are imported from there, though the project itself is not installed.
      src: found.files.some((file) => /^src\/(?:[^/]+\/)?[^/]+\.py$/.test(file)) && tool !== 'setup',
      command: JSON.stringify(commandOf(found, framework, port)),
    },
    needsRestart: framework === undefined,
  };
};

function commandOf(found: Parameters<FindFacts>[0], framework: string | undefined, port: number): string[] {
  if (framework === 'Django') {
    const manage = ['manage.py', 'src/manage.py'].find((file) => has(found, file)) ?? 'manage.py';
    return ['python', manage, 'runserver', `0.0.0.0:${port}`];
  }
  const file = MAINS.flatMap((name) => [name, `src/${name}`]).find((name) => has(found, name)) ?? 'main.py';
  if (framework === 'Flask') {
    const app = sourceWith(found, /\.py$/, /\bFlask\(/)?.file ?? file;
    const serve = ['run', '--host', '0.0.0.0', '--port', `${port}`];
    return ['python', '-m', 'flask', '--app', moduleOf(app), '--debug', ...serve];
  }
  if (framework === 'FastAPI') {
    const app = sourceWith(found, /\.py$/, /^(\w+)(?:\s*:\s*FastAPI)?\s*=\s*FastAPI\(/m);
    const name = `${moduleOf(app?.file ?? file)}:${app?.match[1] ?? 'app'}`;
    return ['python', '-m', 'uvicorn', name, '--host', '0.0.0.0', '--port', `${port}`, '--reload'];
  }
  return procfileCommand(found) ?? ['python', file];
}

/** `src/shop/main.py` as it is imported. */
function moduleOf(file: string): string {
  return file
    .replace(/^src\//, '')
    .replace(/(?:\/__init__)?\.py$/, '')
    .replaceAll('/', '.');
}
