"""A throw-away installation whose parts a test kills."""

import sys
from pathlib import Path

import psycopg

from tests.faults.witnesses import Stored
from tests.messaging.processes import ROOT, environment, seed, start_migrated_postgres, start_web
from tests.services import Service, start_redis


class Installation:
    """Two web processes, a worker, PostgreSQL and Redis, all throw-away."""

    def __init__(self, folder: Path, *postgres_options: str) -> None:
        self.postgres = start_migrated_postgres(folder / "postgres", *postgres_options)
        self.redis = start_redis(folder / "redis")
        self.rooms = seed(folder, 3, 6, database_url=self.postgres.url)["rooms"]
        urls = {"database_url": self.postgres.url, "redis_url": self.redis.url}
        self.webs = [start_web(folder, **urls) for _ in range(2)]
        self.worker = _start_worker(folder, **urls)

    @property
    def urls(self) -> list[str]:
        return [web.url for web in self.webs]

    @property
    def services(self) -> list[Service]:
        return [*self.webs, self.worker, self.redis, self.postgres]

    def stored(self) -> Stored:
        with psycopg.connect(self.postgres.url) as connection:
            rows = connection.execute("SELECT group_id::text, message_id::text, seq FROM messaging_entry")
            return rows.fetchall()

    def stop(self) -> None:
        for service in self.services:
            service.kill()


def _start_worker(folder: Path, *, database_url: str, redis_url: str) -> Service:
    home = folder / "worker"
    home.mkdir(parents=True)
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "medicus",
        "worker",
        "--loglevel=ERROR",
        "--concurrency=1",
    ]
    settings = environment(folder, port=8000, database_url=database_url, redis_url=redis_url)
    settings |= {"BROKER_URL": redis_url, "PYTHONPATH": str(ROOT)}
    return Service(command, 0, "", home, ready=lambda: True, environment=settings).start()
