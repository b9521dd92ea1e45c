# For: pyproject.toml, manage.py
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
COPY --chown=1000:1000 pyproject.toml ./
RUN python -m venv /home/app/poetry && /home/app/poetry/bin/pip install --no-cache-dir poetry
RUN /home/app/poetry/bin/poetry install --no-root --no-cache --no-interaction

COPY --chown=1000:1000 . .

ENV PORT=8000
EXPOSE 8000
CMD ["python","manage.py","runserver","0.0.0.0:8000"]
