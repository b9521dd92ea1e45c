# For: pyproject.toml, main.py
# Left out: **/__pycache__/ **/*.pyc .venv/ venv/ .git/
# Restarted: yes

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
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb')).get('project', {}).get('dependencies', []), sep='\n')" > /tmp/requirements.txt \
 && pip install --no-cache-dir -r /tmp/requirements.txt

COPY --chown=1000:1000 . .

ENV PORT=9000
EXPOSE 9000
CMD ["python","main.py"]
