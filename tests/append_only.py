"""Lets tests with real transactions empty the append-only tables of the log when they end.

Only what the emptying uses is taken out (TRUNCATE on PostgreSQL, DELETE on SQLite); the tests of the
triggers put them back. Updating a row of the log stays refused in every test.
"""

from collections.abc import Generator
from typing import Any

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Generator[None, Any, Any]:
    """Act when pytest-django has made the test database."""
    answer = yield
    if fixturedef.argname == "django_db_setup":
        with request.getfixturevalue("django_db_blocker").unblock():
            _allow_emptying()
    return answer


def _allow_emptying() -> None:
    from django.db import connection

    from audit.append_only import TABLES
    from rota.keeping import RECORDS

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # PostgreSQL's emptying is no deletion of rows
            cursor.execute(f"DROP TRIGGER IF EXISTS {RECORDS}_no_delete")
        for table in TABLES:
            of_table = f"truncate ON {table}" if connection.vendor == "postgresql" else "delete"
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{of_table}")
