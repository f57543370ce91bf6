"""What the database itself refuses: two shifts of one role and rank that overlap, and a changed line of the history.

The actions check both before; this holds against what they forget, and against two processes at once."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

RECORDS = "rota_dutyrecord"
SHIFTS = "rota_shift"

_POSTGRES = (
    # Ranges of time are compared by GiST; equal roles and ranks beside them need this extension of PostgreSQL's own.
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    (
        f"ALTER TABLE {SHIFTS} ADD CONSTRAINT shift_overlaps_no_other EXCLUDE USING gist "
        "(role_id WITH =, rank WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (removed_at IS NULL)"
    ),
    (
        "CREATE OR REPLACE FUNCTION rota_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the history of a role is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    ),
)
_POSTGRES_REMOVAL = (
    f"ALTER TABLE {SHIFTS} DROP CONSTRAINT IF EXISTS shift_overlaps_no_other",
    *(f"DROP TRIGGER IF EXISTS {RECORDS}_no_{act} ON {RECORDS}" for act in ("update", "delete")),
)
_SQLITE_REMOVAL = tuple(
    f"DROP TRIGGER IF EXISTS {name}"
    for name in (
        f"{RECORDS}_no_update",
        f"{RECORDS}_no_delete",
        f"{SHIFTS}_no_overlap_insert",
        f"{SHIFTS}_no_overlap_update",
    )
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make both hold."""
    with connection.cursor() as cursor:
        for statement in _postgres() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Undo `install`."""
    with connection.cursor() as cursor:
        for statement in _POSTGRES_REMOVAL if connection.vendor == "postgresql" else _SQLITE_REMOVAL:
            cursor.execute(statement)


def _postgres() -> Iterator[str]:
    yield from _POSTGRES
    for act in ("update", "delete"):
        yield (
            f"CREATE TRIGGER {RECORDS}_no_{act} BEFORE {act.upper()} ON {RECORDS} FOR EACH ROW "
            "EXECUTE FUNCTION rota_refuse()"
        )


def _sqlite() -> Iterator[str]:
    """SQLite has one writer at a time: a trigger sees all there is."""
    for act in ("update", "delete"):
        yield (
            f"CREATE TRIGGER {RECORDS}_no_{act} BEFORE {act.upper()} ON {RECORDS} "
            "BEGIN SELECT RAISE(ABORT, 'the history of a role is append-only'); END"
        )
    for act in ("insert", "update"):
        yield (
            f"CREATE TRIGGER {SHIFTS}_no_overlap_{act} AFTER {act.upper()} ON {SHIFTS} WHEN NEW.removed_at IS NULL "  # noqa: S608 (names are our own)
            f"AND EXISTS (SELECT 1 FROM {SHIFTS} AS other WHERE other.id <> NEW.id AND other.role_id = NEW.role_id "
            "AND other.rank = NEW.rank AND other.removed_at IS NULL AND other.starts_at < NEW.ends_at "
            "AND other.ends_at > NEW.starts_at) BEGIN SELECT RAISE(ABORT, 'shift_overlaps_no_other'); END"
        )
