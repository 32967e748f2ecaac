# One image for web, worker, beat and migrate; the command tells them apart.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 DATA_DIR=/data STATIC_ROOT=/app/.static
WORKDIR /app

COPY requirements-installer.lock requirements.lock ./
RUN pip install --require-hashes -r requirements-installer.lock \
    && uv pip install --system --no-cache --compile-bytecode --require-hashes -r requirements.lock

RUN useradd --system --uid 10001 --home-dir /data --create-home oversight
COPY . .
# Collecting reads the settings and none of the secrets: these values are not in the running container.
RUN SECRET_KEY=build DATABASE_URL=postgres://build@build/build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput --verbosity=0 && python -m compileall -q .

USER oversight
EXPOSE 8000
# As many workers as the machine has processors to give, each with threads that wait for the database.
CMD ["gunicorn", "oversight.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", "--threads=8", \
     "--preload", "--no-control-socket", "--worker-tmp-dir=/dev/shm", "--graceful-timeout=30"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/health/live', headers={'Host': 'localhost', 'X-Forwarded-Proto': 'https'}), timeout=4)"]
