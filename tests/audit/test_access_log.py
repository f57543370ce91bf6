"""Who looked at a patient's data, in plain words, for the hospital's officer; and that they looked is in it, too."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
import time_machine
from django.utils import translation

from audit import actions as audit
from audit.access import Period
from audit.events import Event
from audit.labels import ROLES
from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM, Role
from medicus.lib.ids import new_id
from tests.audit.test_page import happen

PAGE, API = "/audit/patients/{}/", "/api/v1/audit/patients/{}/accesses"
FIND = "/audit/patients/"
RECORD = {"family_name": "Muster", "given_name": "Erika", "born_on": "1964-08-12", "identifier": "A-4711"}


@pytest.fixture
def patient() -> UUID:
    return new_id()


def accesses(member, patient, **query):
    answer = member.api.get(API.format(patient), query)
    assert answer.status_code == 200, answer.content
    return answer.json()["accesses"]


def test_it_says_who_in_which_role_of_which_hospital_when_what_and_why(adam, alice, patient):
    at = datetime(2026, 3, 1, 8, 15, tzinfo=UTC)
    with time_machine.travel(at, tick=False):
        happen(Event.FINDING_READ, by=alice.actor, patient=str(patient), purpose="second-opinion")
    (one,) = accesses(adam, patient)
    assert one.pop("event_id")
    assert one == {
        "at": "2026-03-01T08:15:00Z",
        "who": {"id": str(alice.person.id), "name": alice.person.name},
        "role": "Clinical staff",
        "hospital": "Hospital A",
        "event": "finding:read",
        "what": "Finding opened",
        "why": "Second opinion",
    }
    text = adam.client.get(PAGE.format(patient)).content.decode()
    for word in (alice.person.name, "Clinical staff", "Hospital A", "Finding opened", "Second opinion"):
        assert word in text


def test_who_comes_from_another_hospital_is_named_with_it(adam, alice, bob, patient):
    facts = {"patient": str(patient), "organisation_id": alice.organisation.id, "purpose": "second-opinion"}
    happen(Event.FINDING_READ, by=bob.actor, **facts)
    (one,) = accesses(adam, patient)
    assert (one["who"]["name"], one["hospital"], one["why"]) == (
        bob.person.name,
        "Hospital B",
        "Second opinion",
    )


def test_it_holds_this_patient_only(adam, alice, patient):
    happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    happen(Event.FINDING_READ, by=alice.actor, patient=str(new_id()))
    happen(Event.SIGN_OUT, by=alice.actor)
    assert len(accesses(adam, patient)) == 1


def test_reading_it_stands_in_it(adam, alice, patient):
    happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    adam.client.get(PAGE.format(patient))
    newest = accesses(adam, patient)[0]
    assert (newest["event"], newest["who"]["name"]) == ("audit:read", adam.person.name)


def test_for_others_it_is_as_if_there_were_no_such_patient(adam, alice, berta, patient):
    happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    for member in (alice, berta):
        for address in (PAGE, API):
            assert member.client.get(address.format(patient)).status_code == 404
    assert adam.client.get(PAGE.format(patient)).status_code == 200
    assert adam.client.get(PAGE.format(new_id())).status_code == 404
    assert AuditEvent.objects.filter(event="audit:read").count() == 1


def test_each_hospital_tells_what_it_recorded_itself(adam, alice, berta, bob, patient):
    happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    happen(Event.FINDING_READ, by=bob.actor, patient=str(patient))
    assert [one["who"]["name"] for one in accesses(adam, patient)] == [alice.person.name]
    assert [one["who"]["name"] for one in accesses(berta, patient)] == [bob.person.name]


def test_the_operator_sees_every_hospital(alice, bob, patient):
    for member in (alice, bob):
        happen(Event.FINDING_READ, by=member.actor, patient=str(patient))
    log = audit.read_access_log(by=SYSTEM, patient_id=patient, period=Period())
    assert {one.hospital for one in log.accesses} == {"Hospital A", "Hospital B"}


def test_it_is_found_by_period(adam, alice, patient):
    for day in (1, 2, 3):
        with time_machine.travel(datetime(2026, 3, day, 8, tzinfo=UTC), tick=False):
            happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    days = [one["at"][:10] for one in accesses(adam, patient, since="2026-03-02", until="2026-03-02")]
    assert days == ["2026-03-02"]
    text = adam.client.get(PAGE.format(patient), {"since": "2100-01-01"}).content.decode()
    assert "No access fits" in text
    for address in (PAGE, API):
        assert adam.client.get(address.format(patient), {"since": "yesterday"}).status_code == 400


def test_long_logs_are_paged(adam, alice, patient, monkeypatch):
    for _ in range(5):
        happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    newest = audit.read_access_log(by=adam.actor, patient_id=patient, period=Period())
    assert newest.older is None
    before = str(newest.accesses[2].row.event_id)
    assert len(accesses(adam, patient, before=before)) == 2
    monkeypatch.setattr("audit.access.patients.access_log.__kwdefaults__", {"limit": 3})
    page = adam.client.get(PAGE.format(patient)).content.decode()
    assert "before=" in page


def test_the_number_of_queries_does_not_grow_with_the_accesses(
    adam, alice, patient, django_assert_max_num_queries
):
    for _ in range(60):
        happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    with django_assert_max_num_queries(17):
        adam.client.get(PAGE.format(patient))


def test_who_was_erased_is_said_to_be(adam, alice, patient):
    happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    audit.erase_person(by=SYSTEM, person_id=alice.person.id)
    (one,) = accesses(adam, patient)
    assert one["who"] == {"id": None, "name": ""}
    assert "erased" in adam.client.get(PAGE.format(patient)).content.decode()


def test_what_the_service_did_is_its_own(adam, patient):
    facts = {"patient": str(patient), "organisation_id": adam.organisation.id}
    happen(Event.FINDING_CLEAN, by=SYSTEM, **facts)
    (one,) = accesses(adam, patient)
    assert (one["who"], one["role"], one["hospital"]) == (None, "", "")
    assert "The service itself" in adam.client.get(PAGE.format(patient)).content.decode()


def test_the_log_leads_to_it(adam, alice, patient):
    happen(Event.FINDING_READ, by=alice.actor, patient=str(patient))
    assert f'href="{PAGE.format(patient)}"' in adam.client.get("/audit/").content.decode()


def test_the_officer_finds_it_by_the_number_of_the_record(adam, alice):
    made = alice.api.post("/api/v1/patients", RECORD).json()
    assert FIND in adam.client.get("/audit/").content.decode()
    assert adam.client.get(FIND).status_code == 200
    answer = adam.client.post(FIND, {"number": f" {RECORD['identifier'].lower()} "})
    assert (answer.status_code, answer["Location"]) == (302, PAGE.format(made["id"]))
    assert adam.client.get(answer["Location"]).status_code == 200


def test_a_number_of_nobody_and_one_of_another_hospital_read_the_same(adam, bob):
    bob.api.post("/api/v1/patients", RECORD)
    answers = [adam.client.post(FIND, {"number": number}) for number in (RECORD["identifier"], "none")]
    assert [answer.status_code for answer in answers] == [400, 400]
    for answer in answers:
        assert "No patient of your organisation has this number." in answer.content.decode()
    assert "This field is required" in adam.client.post(FIND, {"number": ""}).content.decode()


def test_who_is_no_officer_finds_no_log_by_number(alice, charlie):
    alice.api.post("/api/v1/patients", RECORD)
    for member in (alice, charlie):
        assert member.client.get(FIND).status_code == 404
        assert member.client.post(FIND, {"number": RECORD["identifier"]}).status_code == 404


def test_every_role_has_words_in_both_languages():
    assert set(ROLES) == {role.value for role in Role} - {"system"}
    with translation.override("de"):
        german = {code: str(words) for code, words in ROLES.items()}
    for code, words in ROLES.items():
        assert str(words) != german[code] or code == "patient", code
