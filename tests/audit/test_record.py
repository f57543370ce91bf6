"""An event stands or falls with the transaction it tells of, and names people only by commitments."""

import hashlib
import json
import uuid

import pytest
import time_machine
from django.db import connection, transaction
from django.db.utils import DatabaseError

from audit import actions as audit
from audit import append_only
from audit.events import Event
from audit.models import AuditEvent, AuditPerson, Unsequenced
from medicus.lib.actor import SYSTEM, Actor, Role
from medicus.lib.ids import new_id

ALICE = Actor(
    person_id=new_id(),
    organisation_id=new_id(),
    membership_id=new_id(),
    roles=frozenset({Role.CLINICIAN, Role.ADMIN}),
)


@pytest.fixture(autouse=True)
def _database(db):
    pass


def test_alices_act_is_recorded_for_her_organisation():
    with transaction.atomic():
        audit.record(
            Event.FINDING_READ, by=ALICE, subject="finding/1", purpose="treatment", details={"size_bytes": 3}
        )
    row = AuditEvent.objects.get()
    body = json.loads(bytes(row.canonical))
    assert body["event"] == row.event == "finding:read"
    assert row.organisation_id == ALICE.organisation_id
    assert uuid.UUID(body["event_id"]) == row.event_id
    assert body["actor"]["roles"] == ["admin", "clinician"]
    assert (body["subject"], body["purpose"], body["details"]) == (
        "finding/1",
        "treatment",
        {"size_bytes": 3},
    )
    assert body["at"] == f"{row.at:%Y-%m-%dT%H:%M:%S}.{row.at.microsecond // 1000:03d}Z"
    assert Unsequenced.objects.get().event_id == row.event_id


def test_people_and_patients_stand_in_the_event_only_as_commitments():
    bob, patient = new_id(), new_id()
    with transaction.atomic():
        audit.record(Event.PERSON_CREATE, by=ALICE, subject=f"person/{bob}", patient=str(patient))
    canonical = bytes(AuditEvent.objects.get().canonical)
    body = json.loads(canonical)
    found = {"actor": body["actor"]["person"], "subject": body["subject"][7:], "patient": body["patient"]}
    assert AuditPerson.objects.count() == 3
    for opening in AuditPerson.objects.all():
        assert str(opening.person_id).encode() not in canonical
        computed = hashlib.sha256(bytes(opening.salt) + str(opening.person_id).encode()).hexdigest()
        assert computed == found[opening.part]


def test_the_same_person_cannot_be_recognised_across_two_events():
    with transaction.atomic():
        for _ in range(2):
            audit.record(Event.SIGN_OUT, by=ALICE)
    first, second = (json.loads(bytes(row.canonical))["actor"]["person"] for row in AuditEvent.objects.all())
    assert first != second


def test_the_service_itself_acts_without_person_or_organisation():
    with transaction.atomic():
        audit.record(Event.FINDING_CLEAN, by=SYSTEM)
    assert AuditEvent.objects.get().organisation_id is None
    assert not AuditPerson.objects.exists()


def test_an_event_can_be_recorded_for_another_organisation():
    other = new_id()
    with transaction.atomic():
        audit.record(Event.FINDING_SHARE, by=ALICE, organisation_id=other)
    body = json.loads(bytes(AuditEvent.objects.get().canonical))
    assert body["organisation_id"] == str(other)
    assert body["actor"]["organisation_id"] == str(ALICE.organisation_id)


def test_outside_a_transaction_nothing_is_recorded():
    with pytest.raises(transaction.TransactionManagementError):
        audit.record(Event.SIGN_OUT, by=ALICE)
    assert not AuditEvent.objects.exists()


def test_an_event_goes_with_the_transaction_that_is_rolled_back():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record(Event.SIGN_OUT, by=ALICE)
        raise ZeroDivisionError
    assert not AuditEvent.objects.exists()
    assert not AuditPerson.objects.exists()
    assert not Unsequenced.objects.exists()


@pytest.mark.parametrize("details", [{"f": 0.5}, {"n": None}, {"ü": 1}, {"b": True}, {"list": []}])
def test_details_are_only_texts_and_integers(details):
    with pytest.raises(TypeError):
        audit.prepare(Event.SIGN_OUT, by=ALICE, details=details)


def test_details_hold_no_integer_that_json_cannot_carry():
    with pytest.raises(ValueError, match="2\\^53"):
        audit.prepare(Event.SIGN_OUT, by=ALICE, details={"n": 2**53})


def test_events_of_one_process_stand_in_the_order_in_which_they_happened():
    with time_machine.travel("2026-03-01T08:00:00.123Z", tick=False):
        ids = [audit.prepare(Event.SIGN_OUT, by=ALICE).event_id for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {event_id.version for event_id in ids} == {7}
    with time_machine.travel("2026-03-01T07:00:00Z", tick=False):
        earlier = audit.prepare(Event.SIGN_OUT, by=ALICE)
    assert earlier.event_id < ids[0]
    assert f"{earlier.at:%H:%M:%S}" == "07:00:00"


def test_many_prepared_events_are_inserted_by_one_statement(django_assert_num_queries):
    prepared = [audit.prepare(Event.MESSAGE_ACCEPT, by=ALICE, subject="group/1") for _ in range(50)]
    queries = 1 if connection.vendor == "postgresql" else 3
    with django_assert_num_queries(queries), connection.cursor() as cursor:
        audit.insert_prepared(cursor, prepared)
    assert AuditEvent.objects.count() == AuditPerson.objects.count() == Unsequenced.objects.count() == 50
    stored = {
        row.event_id: (row.at, bytes(row.canonical), row.organisation_id) for row in AuditEvent.objects.all()
    }
    assert stored == {
        event.event_id: (event.at, event.canonical, event.organisation_id) for event in prepared
    }


def test_the_cursor_of_the_driver_serves_as_well():
    prepared = [audit.prepare(Event.MESSAGE_ACCEPT, by=ALICE) for _ in range(2)]
    connection.ensure_connection()
    cursor = connection.connection.cursor()
    audit.insert_prepared(cursor, prepared)
    cursor.close()
    assert set(AuditEvent.objects.values_list("event_id", flat=True)) == {
        event.event_id for event in prepared
    }
    assert AuditEvent.objects.filter(at__gte=prepared[0].at).count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET event = 'sign-in:end'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_event(statement):
    if connection.vendor != "postgresql" and statement.startswith("TRUNCATE"):
        pytest.skip("SQLite has no TRUNCATE")
    with transaction.atomic():
        audit.record(Event.FINDING_READ, by=ALICE)
    _reinstall_triggers()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEvent.objects.get().event == "finding:read"


def _reinstall_triggers() -> None:
    """In the test's transaction, so they are gone after it."""
    append_only.remove(connection)
    append_only.install(connection)
