"""What the database itself refuses: a conversation of one kind that becomes one of another, and a patient case that
becomes one about another record or of another hospital.

No action does it. Who takes part, how long messages are kept and who is asked first follow from kind and record, so a
conversation that changed them would take its people where they never agreed to be."""

from django.db.backends.base.base import BaseDatabaseWrapper

GROUPS, CASES = "messaging_group", "messaging_case"
TRIGGER, CASE_TRIGGER = f"{GROUPS}_keeps_kind", f"{CASES}_keeps_patient"
_REFUSAL = "the kind of a conversation never changes"
_CASE_REFUSAL = "the record of a patient case never changes"

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
_FIXED = f"BEFORE UPDATE OF patient_id, organisation_id, with_patient ON {CASES}"
_CASE_POSTGRES = (
    (
        "CREATE OR REPLACE FUNCTION messaging_refuse_patient() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_CASE_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
    ),
    (
        f"CREATE TRIGGER {CASE_TRIGGER} {_FIXED} FOR EACH ROW WHEN (OLD.with_patient IS DISTINCT FROM NEW.with_patient "
        "OR (OLD.with_patient AND (OLD.patient_id IS DISTINCT FROM NEW.patient_id "
        "OR OLD.organisation_id <> NEW.organisation_id))) EXECUTE FUNCTION messaging_refuse_patient()"
    ),
)
_CASE_SQLITE = (
    (
        f"CREATE TRIGGER {CASE_TRIGGER} {_FIXED} WHEN OLD.with_patient <> NEW.with_patient "
        "OR (OLD.with_patient AND (OLD.patient_id IS NOT NEW.patient_id "
        "OR OLD.organisation_id <> NEW.organisation_id)) "
        f"BEGIN SELECT RAISE(ABORT, '{_CASE_REFUSAL}'); END"
    ),
)


def install(connection: BaseDatabaseWrapper) -> None:
    """Make it hold for kinds."""
    _run(connection, _POSTGRES if connection.vendor == "postgresql" else _SQLITE)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Undo `install`."""
    _drop(connection, TRIGGER, GROUPS)


def install_for_cases(connection: BaseDatabaseWrapper) -> None:
    """Make it hold for patient cases."""
    _run(connection, _CASE_POSTGRES if connection.vendor == "postgresql" else _CASE_SQLITE)


def remove_for_cases(connection: BaseDatabaseWrapper) -> None:
    """Undo `install_for_cases`."""
    _drop(connection, CASE_TRIGGER, CASES)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _drop(connection: BaseDatabaseWrapper, trigger: str, table: str) -> None:
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS {trigger}{on}")
