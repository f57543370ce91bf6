"""Triggers that make tables append-only. They stop mistakes and injected SQL; the tree proves the rest."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("audit_auditevent", "audit_leaf", "audit_checkpoint")
MESSAGE = "the audit log is append-only"

_POSTGRES_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE on `TABLES`."""
    with connection.cursor() as cursor:
        for statement in _creations(postgres=connection.vendor == "postgresql"):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Undo `install`."""
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table in TABLES:
            for act in ("update", "delete", *(["truncate"] if postgres else [])):
                of_table = f" ON {table}" if postgres else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{of_table}")


def _creations(*, postgres: bool) -> Iterator[str]:
    if postgres:
        yield _POSTGRES_FUNCTION
    for table in TABLES:
        yield from _create_postgres(table) if postgres else _create_sqlite(table)


def _create_postgres(table: str) -> list[str]:
    rows = [
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} FOR EACH ROW "
        "EXECUTE FUNCTION audit_refuse()"
        for act in ("update", "delete")
    ]
    truncate = (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        "EXECUTE FUNCTION audit_refuse()"
    )
    return [*rows, truncate]


def _create_sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for act in ("update", "delete")
    ]
