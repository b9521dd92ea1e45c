# For: Pipfile, Pipfile.lock
# Left out: **/__pycache__/ **/*.pyc .venv/ venv/ .git/
# Restarted: no

FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

# Not root, and with a folder that may be written to: what changes is synced into it. Packages go into an environment of that user.
RUN useradd --create-home --uid 1000 app && mkdir /app && chown 1000:1000 /app
USER 1000:1000
RUN python -m venv /home/app/venv
ENV VIRTUAL_ENV=/home/app/venv PATH=/home/app/venv/bin:$PATH
WORKDIR /app

# Packages are installed again only when these files change.
COPY --chown=1000:1000 Pipfile Pipfile.lock ./
RUN python -m venv /home/app/pipenv && /home/app/pipenv/bin/pip install --no-cache-dir pipenv
RUN PIPENV_VERBOSITY=-1 /home/app/pipenv/bin/pipenv sync

COPY --chown=1000:1000 . .

ENV PORT=5000
EXPOSE 5000
CMD ["python","-m","flask","--app","main","--debug","run","--host","0.0.0.0","--port","5000"]
