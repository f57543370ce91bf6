"""What the database itself refuses: a conversation of one kind that becomes one of another.

No action does it. Who takes part, how long messages are kept and who is asked first follow from the kind, so a
conversation that changed it would take its people where they never agreed to be."""

from django.db.backends.base.base import BaseDatabaseWrapper

GROUPS = "messaging_group"
TRIGGER = f"{GROUPS}_keeps_kind"
_REFUSAL = "the kind of a conversation never changes"

_POSTGRES = (
    (
        "CREATE OR REPLACE FUNCTION messaging_refuse_kind() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    ),
    (
        f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE OF kind ON {GROUPS} FOR EACH ROW "
        "WHEN (OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION messaging_refuse_kind()"
    ),
)
_SQLITE = (
    (
        f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE OF kind ON {GROUPS} WHEN OLD.kind <> NEW.kind "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    ),
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make it hold."""
    with connection.cursor() as cursor:
        for statement in _POSTGRES if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Undo `install`."""
    table = f" ON {GROUPS}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {TRIGGER}{table}")
