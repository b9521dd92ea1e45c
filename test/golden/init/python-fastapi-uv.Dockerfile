# For: pyproject.toml, uv.lock, .python-version, src/shop/main.py
# Left out: **/__pycache__/ **/*.pyc .venv/ venv/ .git/
# Restarted: no

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1

# Not root, and with a folder that may be written to: what changes is synced into it. Packages go into an environment of that user.
RUN useradd --create-home --uid 1000 app && mkdir /app && chown 1000:1000 /app
USER 1000:1000
RUN python -m venv /home/app/venv
ENV VIRTUAL_ENV=/home/app/venv PATH=/home/app/venv/bin:$PATH
WORKDIR /app

# Packages are installed again only when these files change.
COPY --chown=1000:1000 pyproject.toml uv.lock ./
RUN python -m venv /home/app/uv && /home/app/uv/bin/pip install --no-cache-dir uv
ENV UV_PROJECT_ENVIRONMENT=/home/app/venv
RUN /home/app/uv/bin/uv sync --frozen --inexact --no-cache --no-install-project
# What serves the application.
RUN pip install --no-cache-dir uvicorn

COPY --chown=1000:1000 . .
ENV PYTHONPATH=/app/src

ENV PORT=8000
EXPOSE 8000
CMD ["python","-m","uvicorn","shop.main:api","--host","0.0.0.0","--port","8000","--reload"]
