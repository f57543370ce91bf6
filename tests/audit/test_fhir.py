"""Every event is a FHIR R4 AuditEvent as well: structurally valid, and saying the same."""

import json
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from fhir.resources.R4B.auditevent import AuditEvent as FhirAuditEvent
from fhir.resources.R4B.bundle import Bundle

from audit import actions as audit
from audit import fhir
from audit.access import EventRow, Someone
from audit.events import Event
from audit.fhir_codes import MEANINGS, UNKNOWN, Outcome, meaning_of
from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from tests.audit.log import ALICE
from tests.audit.test_page import happen

API, EXPORT, ORIGIN = "/api/v1/audit/events", "/audit/export/", "http://localhost:8000"
ACCEPT = {"accept": "application/fhir+json"}
PERSON, PATIENT = UUID(int=1), UUID(int=2)


def row(event: Event, **facts: Any) -> EventRow:
    usual: dict[str, Any] = {
        "event_id": UUID(int=7 << 76 | 2 << 62),
        "at": datetime(2026, 3, 1, 8, 15, tzinfo=UTC),
        "event": event.value,
        "label": "In words",
        "actor": Someone(PERSON, "Alice Ahrens"),
        "roles": ["clinician"],
        "actor_organisation_id": str(UUID(int=3)),
        "from_elsewhere": False,
        "kind": "",
        "subject": "",
        "subject_kind": "",
        "subject_person": None,
        "patient": None,
        "purpose": "",
        "purpose_label": "",
        "facts": [],
        "details": {},
        "index": None,
    }
    return EventRow(**(usual | facts))


def valid(resource: dict[str, Any]) -> dict[str, Any]:
    FhirAuditEvent.model_validate(resource)
    return resource


def test_every_event_of_the_vocabulary_has_its_line():
    assert set(MEANINGS) == set(Event)


@pytest.mark.parametrize("event", list(Event))
@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"actor": None, "roles": [], "actor_organisation_id": None},
        {"kind": "finding", "subject": "x", "patient": Someone(PATIENT, ""), "purpose": "treatment"},
        {"kind": "person", "subject_person": Someone(None, ""), "actor": Someone(None, "")},
        {"details": {"count": 3, "reason": "none"}},
    ],
)
def test_every_event_is_valid_fhir(event, facts):
    resource = valid(fhir.audit_event(row(event, **facts), origin=ORIGIN))
    assert resource["subtype"][1]["code"] == event.value


def test_a_finding_read_for_treatment_says_who_what_whose_and_why():
    facts = {"kind": "finding", "subject": "f1", "patient": Someone(PATIENT, "")}
    resource = valid(fhir.audit_event(row(Event.FINDING_READ, **facts, purpose="treatment"), origin=ORIGIN))
    assert resource["type"]["code"] == "rest"
    assert resource["subtype"][0]["code"] == "read"
    assert (resource["action"], resource["outcome"]) == ("R", "0")
    assert resource["recorded"] == "2026-03-01T08:15:00.000Z"
    user, organisation, service = resource["agent"]
    assert user["who"] == {
        "identifier": {"system": f"{ORIGIN}/person", "value": str(PERSON)},
        "display": "Alice Ahrens",
    }
    assert [agent["requestor"] for agent in resource["agent"]] == [True, False, False]
    assert organisation["who"]["identifier"]["value"] == str(UUID(int=3))
    assert service["who"] == {"display": ORIGIN}
    patient, finding = resource["entity"]
    assert patient["what"]["identifier"]["value"] == str(PATIENT)
    assert patient["role"]["display"] == "Patient"
    assert finding["what"]["identifier"] == {"system": f"{ORIGIN}/finding", "value": "f1"}
    assert resource["purposeOfEvent"][0]["coding"][0]["code"] == "TREAT"


def test_a_refused_sign_in_is_a_failure_and_a_sign_in_is_not():
    assert meaning_of("sign-in:refuse").outcome is Outcome.MINOR_FAILURE
    assert meaning_of("sign-in:complete").outcome is Outcome.SUCCESS


def test_an_event_of_another_version_is_still_rendered():
    assert meaning_of("finding:dream") is UNKNOWN


def test_who_was_erased_has_no_identifier():
    resource = valid(fhir.audit_event(row(Event.FINDING_READ, actor=Someone(None, "")), origin=ORIGIN))
    assert resource["agent"][0]["who"] == {"display": "erased"}


def test_what_the_service_did_has_the_service_as_its_requestor():
    resource = valid(fhir.audit_event(row(Event.FINDING_CLEAN, actor=None), origin=ORIGIN))
    (service,) = resource["agent"]
    assert service["requestor"]


def test_adam_reads_the_log_as_a_bundle(adam, alice):
    patient = new_id()
    for _ in range(60):
        happen(Event.FINDING_READ, by=alice.actor, subject=f"finding/{new_id()}", patient=str(patient))
    answer = adam.api.get(API, {"event": "finding:read"}, headers=ACCEPT)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/fhir+json")
    bundle = answer.json()
    Bundle.model_validate(bundle)
    resources = [valid(entry["resource"]) for entry in bundle["entry"]]
    assert len(resources) == 50
    assert resources[0]["agent"][0]["who"]["display"] == alice.person.name
    links = {link["relation"]: link["url"] for link in bundle["link"]}
    rest = adam.api.get(links["next"], headers=ACCEPT).json()
    assert len(rest["entry"]) == 10
    assert [link["relation"] for link in rest["link"]] == ["self"]
    newest = AuditEvent.objects.latest("event_id")
    assert newest.event == "audit:read"


def test_nobody_reads_more_in_fhir_than_otherwise(adam, alice, berta):
    happen(Event.FINDING_READ, by=alice.actor)
    assert alice.api.get(API, headers=ACCEPT).status_code == 404
    theirs = berta.api.get(API, {"event": "finding:read"}, headers=ACCEPT).json()
    assert theirs["entry"] == []
    assert len(adam.api.get(API, {"event": "finding:read"}, headers=ACCEPT).json()["entry"]) == 1


def test_without_asking_for_fhir_the_answer_is_ours(adam):
    assert "events" in adam.api.get(API).json()
    assert adam.api.get(API, {"before": "x"}, headers=ACCEPT).status_code == 400


def test_adam_exports_his_hospital_in_fhir(adam, alice, berta):
    happen(Event.FINDING_READ, by=alice.actor)
    happen(Event.FINDING_READ, by=berta.actor)
    answer = adam.client.post(EXPORT, {"form": "fhir"})
    assert answer["Content-Type"] == "application/fhir+ndjson"
    resources = [valid(json.loads(line)) for line in answer.getvalue().splitlines()]
    expected = AuditEvent.objects.filter(organisation_id=adam.organisation.id).order_by("event_id")
    assert [one["id"] for one in resources] == [str(event.event_id) for event in expected]
    read = [one for one in resources if one["subtype"][1]["code"] == "finding:read"]
    assert [one["agent"][0]["who"]["display"] for one in read] == [alice.person.name]
    assert alice.client.post(EXPORT, {"form": "fhir"}).status_code == 404


def test_the_export_in_fhir_is_recorded(adam):
    adam.client.post(EXPORT, {"form": "fhir"}).getvalue()
    newest = AuditEvent.objects.latest("event_id")
    assert newest.event == "audit:export"
    assert json.loads(bytes(newest.canonical))["details"] == {"form": "fhir"}


def test_another_form_of_export_is_refused(adam):
    assert adam.client.post(EXPORT, {"form": "xml"}).status_code == 400


@pytest.mark.django_db
def test_alice_cannot_export_rows():
    with pytest.raises(NotFound):
        audit.export_rows(by=ALICE)
    assert list(audit.export_rows(by=SYSTEM))


@pytest.mark.django_db
def test_the_command_exports_in_fhir(tmp_path):
    happen(Event.FINDING_READ, by=ALICE)
    file, out = tmp_path / "audit.ndjson", StringIO()
    call_command("audit", "export", "--fhir", str(file), stdout=out)
    assert out.getvalue() == "exported 2 events as FHIR AuditEvents, without proofs\n"
    assert [valid(json.loads(line))["resourceType"] for line in file.read_bytes().splitlines()] == [
        "AuditEvent"
    ] * 2
