import { has, type MakeTemplate } from './template.js';

export const python: MakeTemplate = (found, { framework, port }) => {
  const file = ['main.py', 'app.py', 'server.py', 'wsgi.py'].find((name) => has(found, name)) ?? 'main.py';
  const module = file.replace(/\.py$/, '');
  const install = has(found, 'requirements.txt')
    ? 'COPY --chown=app:app requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\n'
    : has(found, 'Pipfile')
      ? 'RUN pip install --no-cache-dir pipenv\nCOPY --chown=app:app Pipfile* ./\nRUN pipenv install --system --skip-lock\n'
      : '';
  // A project file may need the sources to be installed.
  const late = install === '' && has(found, 'pyproject.toml') ? 'RUN pip install --no-cache-dir -e .\n' : '';
  const command =
    framework === 'Django'
      ? ['python', 'manage.py', 'runserver', `0.0.0.0:${port}`]
      : framework === 'Flask'
        ? [
            'python',
            '-m',
            'flask',
            '--app',
            module,
            '--debug',
            'run',
            '--host',
            '0.0.0.0',
            '--port',
            `${port}`,
          ]
        : framework === 'FastAPI'
          ? ['python', '-m', 'uvicorn', `${module}:app`, '--host', '0.0.0.0', '--port', `${port}`, '--reload']
          : ['python', file];
  return {
    dockerfile: `FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

# Not root, and with a folder that may be written to: what changes is synced into it. Packages go into an environment of that user.
RUN useradd --create-home app && mkdir /app && chown app:app /app
USER app
RUN python -m venv /home/app/venv
ENV PATH=/home/app/venv/bin:$PATH
WORKDIR /app

${install === '' ? '' : `# Packages are installed again only when their list changes.\n${install}\n`}COPY --chown=app:app . .
${late}
ENV PORT=${port}
EXPOSE ${port}
CMD ${JSON.stringify(command)}
`,
    ignore: ['__pycache__/', '*.pyc', '.venv/', 'venv/', '.git/'],
    target: undefined,
    needsRestart: framework === undefined,
  };
};
