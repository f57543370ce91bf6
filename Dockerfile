FROM node:20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/medicus
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
COPY --from=web /src/web/dist web/dist
RUN for folder in */locale; do pybabel --quiet compile -D django -d "$folder"; done \
 && python -m compileall -q . \
 && useradd --uid 10001 --no-create-home medicus \
 && install -d -o medicus -g medicus -m 700 /var/lib/medicus /var/lib/medicus/keys
USER medicus
EXPOSE 8000
