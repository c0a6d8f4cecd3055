# The site with its database, built from corpus/:
#   docker build -t letters . && docker run --read-only --tmpfs /tmp -p 127.0.0.1:8001:8001 letters
# docs/publishing.md says what belongs before it and how to put a new database in its place.

FROM python:3.12-slim AS built
WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY miner miner
COPY models models
COPY corpus corpus
# Editable, so that the program finds models/ and corpus/ beside itself.
RUN pip install --no-cache-dir --editable .
RUN miner build

FROM python:3.12-slim
RUN pip install --no-cache-dir 'datasette>=0.65.5,<0.66' \
    && useradd --system --no-create-home --uid 10001 site
WORKDIR /site
COPY datasette datasette
COPY --from=built /app/build/findings.db build/findings.db
COPY --from=built /app/build/pages build/pages
COPY --from=built /app/build/csv build/csv
# All files are root's: the site can read them and change nothing.
USER site
EXPOSE 8001
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8001/robots.txt', timeout=4)"]
CMD ["datasette", "serve", "datasette", "--immutable", "build/findings.db", "--host", "0.0.0.0", "--port", "8001"]
