"""The admin of a hospital sees what happened there, in plain words; nobody else sees anything."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync
from django.db import connection, transaction
from django.utils import translation

from audit import actions as audit
from audit.events import Event
from audit.labels import LABELS, event_label
from audit.models import AuditEvent
from audit.verification import verify
from medicus.lib import clock
from medicus.lib.actor import SYSTEM, Actor
from medicus.lib.ids import new_id
from tests.cast import Member

TRANSACTION = 2
"""Its beginning and its end, which are counted, or the savepoint's within a test's own."""
PAGE, API, EXPORT = "/audit/", "/api/v1/audit/events", "/audit/export/"


def happen(event: Event, *, by: Actor, **facts) -> None:
    with transaction.atomic():
        audit.record(event, by=by, **facts)


def events_of(member: Member, **query) -> list[dict[str, Any]]:
    answer = member.api.get(API, query)
    assert answer.status_code == 200, answer.content
    events: list[dict[str, Any]] = answer.json()["events"]
    return events


def test_adam_sees_who_did_what_in_words(adam, alice):
    happen(Event.FINDING_READ, by=alice.actor, subject=f"finding/{new_id()}", purpose="treatment")
    text = adam.client.get(PAGE).content.decode()
    assert alice.person.name in text
    assert "Finding opened" in text
    assert "Purpose: treatment" in text
    assert "waits for its seal" in text


def test_a_purpose_is_told_in_words(adam, alice):
    happen(Event.FINDING_READ, by=alice.actor, purpose="second-opinion")
    text = adam.client.get(PAGE).content.decode()
    assert "Purpose: Second opinion" in text
    assert "second-opinion" not in text
    assert events_of(adam, event="finding:read")[0]["purpose"] == "second-opinion"  # programs get the code


def test_whom_a_finding_was_shared_with_is_told_by_name(adam, alice, bob):
    happen(Event.FINDING_READ, by=bob.actor)
    details = {"membership": str(bob.membership.id), "reason": "revoked", "share": "7"}
    happen(Event.FINDING_UNSHARE, by=alice.actor, details=details)
    text = adam.client.get(PAGE).content.decode()
    assert f">{bob.person.name}</a>" in text
    assert "<dt>Reason</dt><dd>Revoked</dd>" in text
    assert str(bob.membership.id) not in text
    assert events_of(adam, event="finding:unshare")[0]["details"] == details


def test_codes_of_every_app_are_told_in_words(adam, alice):
    happen(Event.GROUP_CREATE, by=alice.actor, details={"kind": "case"})
    happen(Event.MEMBERSHIP_CREATE, by=alice.actor, details={"function": "physician"})
    happen(Event.FINDING_CLEAN, by=alice.actor, details={"scan": "off", "unheard": "of"})
    happen(Event.AUDIT_READ, by=alice.actor, details={"event": "finding:read", "shown": 3})
    text = adam.client.get(PAGE).content.decode()
    for fact in ("Kind</dt><dd>Case", "Function</dt><dd>Physician", "Malware scan</dt><dd>Switched off",
                 "unheard</dt><dd>of", "Event</dt><dd>Finding opened", "Shown</dt><dd>3"):  # fmt: skip
        assert f"<dt>{fact}</dd>" in text


def test_adam_sees_german_by_default(adam, alice):
    happen(Event.FINDING_READ, by=alice.actor)
    adam.client.cookies.pop("language", None)
    text = adam.client.get(PAGE).content.decode()
    assert "Befund geöffnet" in text
    assert "Finding opened" not in text


def test_a_sealed_event_shows_its_place_and_the_head(adam, alice):
    happen(Event.FINDING_READ, by=alice.actor)
    audit.seal(by=SYSTEM)
    answer = adam.api.get(API).json()
    size = AuditEvent.objects.filter(leaf__isnull=False).count()
    assert answer["seal"]["size"] == size
    assert answer["seal"]["note"].splitlines()[1] == str(size)
    assert answer["events"][0]["event"] == "finding:read"
    assert 0 <= answer["events"][0]["index"] < size
    assert not answer["seal"]["stalled"]
    text = adam.client.get(PAGE).content.decode()
    assert answer["seal"]["root"][:12] in text
    assert "localhost:8000/audit+" in text


def test_one_event_is_answered_whole(adam, alice):
    patient = new_id()
    happen(
        Event.PATIENT_READ,
        by=alice.actor,
        subject=f"patient/{patient}",
        patient=str(patient),
        purpose="treatment",
        details={"n": 1},
    )
    row = events_of(adam)[0]
    assert row.pop("event_id")
    assert row.pop("at").endswith("Z")
    assert row == {
        "event": "patient:read",
        "label": event_label("patient:read"),
        "actor": {"id": str(alice.person.id), "name": alice.person.name},
        "api_key": None,
        "roles": ["clinician"],
        "from_elsewhere": False,
        "subject": "",
        "subject_kind": "Patient record",
        "subject_person": {"id": str(patient), "name": ""},
        "patient": {"id": str(patient), "name": ""},
        "purpose": "treatment",
        "details": {"n": 1},
        "index": None,
    }


def test_berta_sees_nothing_of_hospital_a(adam, alice, berta):
    happen(Event.FINDING_READ, by=alice.actor, subject="finding/of-a")
    assert any(row["subject"] == "of-a" for row in events_of(adam))
    assert not any(row["subject"] == "of-a" for row in events_of(berta))
    assert events_of(berta, person=str(alice.person.id)) == []
    assert "of-a" not in berta.client.get(PAGE).content.decode()
    answer = berta.client.post(EXPORT)
    audit.seal(by=SYSTEM)
    answer = berta.client.post(EXPORT)
    assert b"of-a" not in answer.getvalue()


def test_an_event_of_two_hospitals_tells_each_officer_where_the_actor_comes_from(adam, alice, berta, bob):
    for organisation in (alice.organisation, bob.organisation):
        happen(Event.FINDING_SHARE, by=alice.actor, subject="finding/both", organisation_id=organisation.id)
    (at_home,) = events_of(adam, event="finding:share")
    (abroad,) = events_of(berta, event="finding:share")
    assert (at_home["from_elsewhere"], abroad["from_elsewhere"]) == (False, True)
    assert abroad["actor"]["name"] == alice.person.name


@pytest.mark.parametrize("address", [PAGE, API])
def test_for_a_physician_the_log_is_absent(alice, address):
    absent = alice.client.get(address.replace("audit", "nothing"))
    answer = alice.client.get(address)
    assert answer.status_code == absent.status_code == 404
    if address == API:
        assert answer.json() == absent.json()


def test_for_a_physician_the_export_is_absent(alice):
    assert alice.client.post(EXPORT).status_code == 404


def test_a_stranger_reaches_nothing(client, db):
    assert client.get(PAGE).status_code == 302
    assert client.get(API).status_code == 401
    assert client.post(EXPORT).status_code == 302


def test_reading_the_log_is_recorded(adam, alice):
    adam.client.get(PAGE)
    adam.api.get(API, {"person": str(alice.person.id), "event": "finding:read", "since": "2026-03-01"})
    asked, opened = events_of(adam)[:2]
    assert opened["event"] == asked["event"] == "audit:read"
    assert opened["actor"]["id"] == str(adam.person.id)
    assert asked["subject_person"]["name"] == alice.person.name
    assert asked["details"]["event"] == "finding:read"


def test_a_refused_look_is_not_recorded(alice):
    alice.client.get(PAGE)
    assert not AuditEvent.objects.filter(event="audit:read").exists()


def test_events_are_found_by_kind_person_and_day(adam, alice, anton):
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)
    for day, (event, member) in enumerate(
        [(Event.FINDING_READ, alice), (Event.FINDING_READ, anton), (Event.PATIENT_READ, alice)], start=1
    ):
        with time_machine.travel(start.replace(day=day), tick=False):
            happen(event, by=member.actor)

    def found(**query) -> list[tuple[str, str]]:
        limited = {"until": "2026-03-31"} | query
        return [(row["event"], row["actor"]["name"]) for row in events_of(adam, **limited)]

    assert found() == [
        ("patient:read", alice.person.name),
        ("finding:read", anton.person.name),
        ("finding:read", alice.person.name),
    ]
    assert found(event="finding:read") == [
        ("finding:read", anton.person.name),
        ("finding:read", alice.person.name),
    ]
    assert found(person=str(anton.person.id)) == [("finding:read", anton.person.name)]
    assert found(since="2026-03-02", until="2026-03-02") == [("finding:read", anton.person.name)]
    assert found(since="2026-03-04") == []


def test_a_patients_events_are_found_by_the_patients_id(adam, alice):
    patient = new_id()
    happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    happen(Event.FINDING_READ, by=alice.actor, patient=str(new_id()))
    assert len(events_of(adam, person=str(patient))) == 1


def test_long_logs_are_paged_by_key(adam, alice):
    with transaction.atomic():
        for number in range(120):
            audit.record(Event.FINDING_READ, by=alice.actor, subject=f"finding/{number}")
    seen, older = [], None
    while True:
        query = {"event": "finding:read"} | ({"before": older} if older else {})
        answer = adam.api.get(API, query).json()
        seen += [row["subject"] for row in answer["events"]]
        assert len(answer["events"]) <= 50
        older = answer["older"]
        if not older:
            break
    assert seen == [str(number) for number in reversed(range(120))]
    assert "before=" in adam.client.get(PAGE, {"event": "finding:read"}).content.decode()


def test_what_concerns_a_person_is_found_once_in_order_page_by_page_and_with_all_other_filters(
    adam, alice, anton, bob
):
    """Also where they acted, and are whom it was about; and not what another hospital recorded of them."""
    subject = f"person/{alice.person.id}"
    with transaction.atomic():
        for number in range(60):
            by, event = (alice, Event.PERSON_CHANGE) if number % 3 else (anton, Event.FINDING_READ)
            audit.record(event, by=by.actor, subject=subject, details={"n": number})
            audit.record(Event.FINDING_READ, by=anton.actor, subject="finding/1", details={"n": number})
            audit.record(Event.FINDING_READ, by=bob.actor, subject=subject, details={"n": number})
    who = {"person": str(alice.person.id)}

    def pages(**query) -> list[int]:
        seen, older = [], None
        while True:
            answer = adam.api.get(API, who | query | ({"before": older} if older else {})).json()
            seen += [row["details"]["n"] for row in answer["events"] if "n" in row["details"]]
            older = answer["older"]
            if not older:
                return seen

    assert pages() == [*reversed(range(60))]
    assert pages(event="finding:read") == [*reversed(range(0, 60, 3))]
    assert pages(since=f"{clock.now():%Y-%m-%d}")[:3] == [59, 58, 57]
    assert pages(until="2020-01-01") == pages(since="2100-01-01") == pages(event="group:create") == []


@pytest.mark.parametrize("query", [{}, {"event": "finding:read"}, {"person": "alice"}])
def test_the_number_of_queries_is_the_same_for_one_page_and_for_many(
    adam, alice, anton, query, django_assert_num_queries
):
    query = {name: str(alice.person.id) if value == "alice" else value for name, value in query.items()}
    recording = 1 if connection.vendor == "postgresql" else 3
    for count in (55, 300):
        with transaction.atomic():
            for _ in range(count):
                for by in (alice, anton):
                    audit.record(Event.FINDING_READ, by=by.actor, patient=str(new_id()))
        audit.seal(by=SYSTEM)
        # session and person; events, who acted lately, their names, people, their names; the seal: three
        with django_assert_num_queries(10 + ("person" in query) + recording + TRANSACTION):
            adam.client.get(PAGE, query)


def test_the_number_of_queries_does_not_grow_with_the_events(adam, alice, django_assert_max_num_queries):
    with transaction.atomic():
        for _ in range(60):
            audit.record(Event.FINDING_READ, by=alice.actor, patient=str(new_id()))
    with django_assert_max_num_queries(16):
        adam.client.get(PAGE)


@pytest.mark.parametrize(
    "query", [{"event": "no:such"}, {"person": "alice"}, {"since": "yesterday"}, {"before": "1"}]
)
def test_what_cannot_be_read_is_refused(adam, query):
    answer = adam.api.get(API, query)
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == set(query)
    assert adam.client.get(PAGE, query).status_code == 400


def test_nothing_found_is_said_with_a_way_out(adam):
    text = adam.client.get(PAGE, {"since": "2100-01-01"}).content.decode()
    assert "No event fits" in text
    assert "Show all" in text


def test_an_erased_person_is_shown_as_erased(adam, alice):
    happen(Event.FINDING_READ, by=alice.actor)
    happen(Event.MEMBERSHIP_CREATE, by=SYSTEM, details={"membership": str(alice.membership.id)},
           organisation_id=adam.organisation.id)  # fmt: skip
    audit.erase_person(by=SYSTEM, person_id=alice.person.id)
    row = next(row for row in events_of(adam) if row["event"] == "finding:read")
    assert row["actor"] == {"id": None, "name": ""}
    text = adam.client.get(PAGE).content.decode()
    assert "erased" in text
    assert alice.person.family_name not in text


def test_what_the_service_did_is_shown_as_its_own(adam):
    happen(Event.FINDING_CLEAN, by=SYSTEM, organisation_id=adam.organisation.id)
    assert events_of(adam)[0]["actor"] is None
    text = adam.client.get(PAGE).content.decode()
    assert "The service itself" in text


def test_a_stopped_sequencer_is_said_loudly(adam):
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        happen(Event.FINDING_CLEAN, by=SYSTEM, organisation_id=adam.organisation.id)
    assert adam.api.get(API).json()["seal"]["stalled"]
    assert "Sealing has stopped" in adam.client.get(PAGE).content.decode()


def test_adam_downloads_an_export_that_verifies(adam, alice):
    happen(Event.FINDING_READ, by=alice.actor)
    audit.seal(by=SYSTEM)
    answer = adam.client.post(EXPORT)
    assert answer["Content-Disposition"].startswith('attachment; filename="medicus-audit-')
    lines = answer.getvalue().splitlines(keepends=True)
    assert verify(lines).findings == []
    assert json.loads(lines[-2])["event"]["event"] == "finding:read"
    assert events_of(adam)[0]["event"] == "audit:export"


def test_adam_downloads_the_same_from_an_asynchronous_server(adam, alice, async_client, settings):
    for _ in range(3):
        happen(Event.FINDING_READ, by=alice.actor)
    audit.seal(by=SYSTEM)
    async_client.cookies[settings.SESSION_COOKIE_NAME] = adam.session_key

    async def download() -> bytes:
        answer = await async_client.post(EXPORT)
        return b"".join([chunk async for chunk in answer])

    verdict = verify(async_to_sync(download)().splitlines(keepends=True))
    assert verdict.findings == []
    assert verdict.rows >= 3


def test_every_event_has_a_name_in_both_languages():
    assert set(LABELS) == set(Event)
    for event, label in LABELS.items():
        with translation.override("de"):
            german = str(label)
        with translation.override("en"):
            assert str(label) != german, event
