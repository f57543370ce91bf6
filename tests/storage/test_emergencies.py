"""Access in an emergency: with a reason and a fresh factor, for an hour, for one patient, reviewed by somebody else."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, connections

from audit.access.events import rows_of
from audit.models import AuditEvent
from identity.models import Membership
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, FreshFactorRequired, Invalid, NotFound, TooManyAttempts
from storage import access, actions
from storage.access import PatientCard, Sought
from storage.models import EmergencyAccess
from tests.cast import Member
from tests.patients import connected
from tests.storage.folders import begin, clean, folder_of, guarded_folder, psychiatrist

pytestmark = pytest.mark.django_db
WHY = {"reason": "cannot-wait", "account": "Unconscious in the shock room."}
FOUND = {"state": "justified", "note": "The ward confirms it."}


@pytest.fixture
def petra(alice: Member) -> Member:
    return psychiatrist(alice.organisation)


@pytest.fixture
def patient(alice: Member, petra: Member) -> PatientCard:
    return guarded_folder(alice.organisation, petra)


def test_alice_opens_it_for_an_hour(alice: Member, patient: PatientCard) -> None:
    begun = alice.api.post("/api/v1/emergency-accesses", {"number": "4712"} | WHY)
    assert begun.status_code == 201
    assert begun.json()["patient_id"] == str(patient.patient_id)
    lasts = EmergencyAccess.objects.get()
    assert lasts.ends_at - lasts.begun_at == timedelta(hours=1)
    page = alice.client.get(f"/patients/{patient.patient_id}/").content.decode()
    assert "Emergency access until" in page
    assert access.may_add_findings(by=alice.actor, patient_id=patient.patient_id)
    EmergencyAccess.objects.update(ends_at=now())
    assert alice.client.get(f"/patients/{patient.patient_id}/").status_code == 404
    assert not access.may_add_findings(by=alice.actor, patient_id=patient.patient_id)


def test_it_opens_one_folder_to_one_person(
    alice: Member, anton: Member, petra: Member, patient: PatientCard
) -> None:
    other = folder_of(petra, identifier="4713")
    actions.guard_patient(by=petra.actor, patient_id=other.patient_id)
    begin(alice, patient)
    assert alice.api.get(f"/api/v1/patients/{other.patient_id}").status_code == 404
    assert anton.api.get(f"/api/v1/patients/{patient.patient_id}").status_code == 404


def test_every_look_says_that_it_was_an_emergency(
    alice: Member, petra: Member, settings: Any, tmp_path: Any
) -> None:
    settings.VAR_DIR = tmp_path
    finding = clean(petra, folder_of(petra))
    actions.guard_patient(by=petra.actor, patient_id=finding.patient.patient_id)
    begin(alice, finding.patient)
    alice.client.get(f"/patients/{finding.patient.patient_id}/")
    alice.api.get(f"/api/v1/findings/{finding.finding_id}")
    told = {
        (row.event, row.purpose)
        for row in rows_of(list(AuditEvent.objects.select_related("leaf").all()))
        if row.actor and row.actor.id == alice.person.id
    }
    assert told >= {
        ("emergency-access:begin", "emergency-access"),
        ("patient:read", "emergency-access"),
        ("finding:read", "emergency-access"),
    }


def test_what_outlasts_it_is_left_to_the_department(
    alice: Member, petra: Member, bob: Member, settings: Any, tmp_path: Any
) -> None:
    settings.VAR_DIR = tmp_path
    finding = clean(petra, folder_of(petra))
    actions.guard_patient(by=petra.actor, patient_id=finding.patient.patient_id)
    begin(alice, finding.patient)
    sharing = {
        "membership_id": bob.membership.id,
        "purpose": "emergency",
        "expires_at": now() + timedelta(days=1),
    }
    with pytest.raises(Conflict, match="left to the department"):
        actions.share_finding(by=alice.actor, finding_id=finding.finding_id, **sharing)
    assert actions.share_finding(by=petra.actor, finding_id=finding.finding_id, **sharing)


def test_by_name_and_date_of_birth(alice: Member, petra: Member, patient: PatientCard) -> None:
    sought = Sought(family_name="GEHEIM", born_on=patient.born_on)
    assert begin(alice, patient, sought=sought).patient_id == patient.patient_id
    twin = folder_of(petra, family_name="Geheim", given_name="Gerd", identifier="4713")
    with pytest.raises(Invalid) as refused:
        begin(alice, patient, sought=sought)
    assert "Several" in refused.value.errors["number"]
    assert begin(alice, patient).patient_id == patient.patient_id != twin.patient_id


@pytest.mark.parametrize(
    "sought",
    [
        Sought("4799"),
        Sought(family_name="Geheim", born_on=date(1950, 1, 1)),
        Sought(family_name="Gehei", born_on=date(1964, 8, 12)),
    ],
)
def test_who_is_not_there_is_refused_and_recorded(
    alice: Member, patient: PatientCard, sought: Sought
) -> None:
    with pytest.raises(Invalid) as refused:
        begin(alice, patient, sought=sought)
    assert "no such patient" in refused.value.errors["number"]
    assert AuditEvent.objects.filter(event="emergency-access:refuse").count() == 1
    assert not EmergencyAccess.objects.exists()


def test_numbers_are_not_tried_out(alice: Member, patient: PatientCard) -> None:
    for number in range(10):
        with pytest.raises(Invalid):
            begin(alice, patient, sought=Sought(f"x{number}"))
    with pytest.raises(TooManyAttempts):
        begin(alice, patient)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", "curiosity"),
        ("reason", ""),
        ("account", ""),
        ("account", "because"),
        ("account", "x" * 1001),
    ],
)
def test_without_a_reason_nothing_opens(alice: Member, patient: PatientCard, field: str, value: str) -> None:
    answer = alice.api.post("/api/v1/emergency-accesses", {"number": "4712"} | WHY | {field: value})
    assert answer.status_code == 400
    assert not EmergencyAccess.objects.exists()


def test_without_a_fresh_factor_nothing_opens(alice: Member, patient: PatientCard) -> None:
    alice.grow_stale()
    answer = alice.api.post("/api/v1/emergency-accesses", {"number": "4712"} | WHY)
    assert (answer.status_code, answer.json()["code"]) == (403, FreshFactorRequired.code)
    assert not EmergencyAccess.objects.exists()


def test_strangers_and_who_treats_nobody_open_nothing(
    adam: Member, bob: Member, patient: PatientCard
) -> None:
    assert adam.api.post("/api/v1/emergency-accesses", {"number": "4712"} | WHY).status_code == 404
    foreign = bob.api.post("/api/v1/emergency-accesses", {"number": "4712"} | WHY)
    absent = bob.api.post("/api/v1/emergency-accesses", {"number": "no such"} | WHY)
    assert (foreign.status_code, foreign.content) == (400, absent.content)


def test_no_emergency_is_made_of_what_is_open_anyway(
    alice: Member, petra: Member, patient: PatientCard
) -> None:
    with pytest.raises(Conflict) as refused:
        begin(petra, patient)
    assert refused.value.extra["patient"] == str(patient.patient_id)
    mine = folder_of(alice, identifier="4714")
    answer = alice.client.post("/emergency-access/", {"number": "4714"} | WHY)
    assert answer.headers["location"] == f"/patients/{mine.patient_id}/"
    assert not EmergencyAccess.objects.exists()


def test_asking_twice_is_one_access(alice: Member, patient: PatientCard) -> None:
    assert begin(alice, patient).emergency_id == begin(alice, patient).emergency_id


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite has one writer at a time")
def test_two_at_once_are_one_access(alice: Member, patient: PatientCard) -> None:
    found: list[Any] = []

    def ask() -> None:
        found.append(begin(alice, patient).emergency_id)
        connections.close_all()

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(20)
    assert len(found) == 4
    assert len(set(found)) == 1 == EmergencyAccess.objects.count()


def test_it_is_ended_by_who_has_it(alice: Member, anton: Member, patient: PatientCard) -> None:
    begun = begin(alice, patient)
    with pytest.raises(NotFound):
        actions.end_emergency_access(by=anton.actor, emergency_id=begun.emergency_id)
    assert not actions.end_emergency_access(by=alice.actor, emergency_id=begun.emergency_id).lasts
    assert alice.api.get(f"/api/v1/patients/{patient.patient_id}").status_code == 404
    with pytest.raises(Conflict, match="over"):
        actions.end_emergency_access(by=alice.actor, emergency_id=begun.emergency_id)


def test_the_administrators_are_told_and_review_it(
    alice: Member, adam: Member, patient: PatientCard, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.EMAIL_HOST = "mail.hospital-a.example"
    with django_capture_on_commit_callbacks(execute=True):
        begun = begin(alice, patient)
    (letter,) = mail.outbox
    assert letter.to == [adam.person.email]
    assert "Geheim" not in letter.body
    assert "Emergency accesses to review" in adam.client.get("/administration/").content.decode()
    page = adam.client.get("/administration/emergency-accesses/").content.decode()
    assert "Unconscious in the shock room." in page
    assert "Geheim" not in page
    answer = adam.client.post(f"/administration/emergency-accesses/{begun.emergency_id}/", FOUND, follow=True)
    assert "is closed" in answer.content.decode()
    row = EmergencyAccess.objects.get()
    assert (row.state, row.reviewed_by) == ("justified", adam.person)
    assert row.ends_at > now()
    (card,) = access.own_emergencies(by=alice.actor)
    assert card.note == FOUND["note"]


def test_the_patient_is_told(
    alice: Member, petra: Member, patient: PatientCard, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    erika = connected(petra, patient)
    settings.EMAIL_HOST = "mail.hospital-a.example"
    with django_capture_on_commit_callbacks(execute=True):
        begin(alice, patient)
    (letter,) = mail.outbox
    assert letter.to == [erika.person.email]
    assert "Hospital A" in letter.body
    assert "Alice" not in letter.body
    page = erika.client.get("/").content.decode()
    assert "Emergency access" in page
    assert "Alice Ahrens" in page


def test_an_access_that_was_not_justified_ends(alice: Member, adam: Member, patient: PatientCard) -> None:
    begun = begin(alice, patient)
    reviewed = adam.api.post(
        f"/api/v1/emergency-reviews/{begun.emergency_id}", FOUND | {"state": "unjustified"}
    )
    assert reviewed.json()["state"] == "unjustified"
    assert alice.api.get(f"/api/v1/patients/{patient.patient_id}").status_code == 404
    again = adam.api.post(f"/api/v1/emergency-reviews/{begun.emergency_id}", FOUND)
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("field", "value"), [("state", "to-review"), ("state", ""), ("note", ""), ("note", "ok")]
)
def test_a_review_says_what_it_found(
    alice: Member, adam: Member, patient: PatientCard, field: str, value: str
) -> None:
    begun = begin(alice, patient)
    address = f"/administration/emergency-accesses/{begun.emergency_id}/"
    answer = adam.client.post(address, FOUND | {field: value})
    assert answer.status_code == 400
    assert "That did not work" in answer.content.decode()
    assert EmergencyAccess.objects.get().state == "to-review"


def test_nobody_reviews_their_own(alice: Member, patient: PatientCard) -> None:
    Membership.objects.filter(id=alice.membership.id).update(is_admin=True)
    begun = begin(alice, patient)
    page = alice.client.get("/administration/emergency-accesses/").content.decode()
    assert "somebody else reviews it" in page
    answer = alice.api.post(f"/api/v1/emergency-reviews/{begun.emergency_id}", FOUND)
    assert answer.status_code == 409
    assert EmergencyAccess.objects.get().state == "to-review"


def test_another_hospitals_administrator_sees_nothing(
    alice: Member, berta: Member, patient: PatientCard
) -> None:
    begun = begin(alice, patient)
    assert berta.api.get("/api/v1/emergency-reviews").json() == {"results": []}
    assert berta.api.post(f"/api/v1/emergency-reviews/{begun.emergency_id}", FOUND).status_code == 404


def test_the_words_stand_sealed_in_the_row(alice: Member, adam: Member, patient: PatientCard) -> None:
    begun = begin(alice, patient)
    actions.review_emergency_access(by=adam.actor, emergency_id=begun.emergency_id, **FOUND)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_account, sealed_note FROM storage_emergencyaccess")
        held = b"".join(bytes(value) for value in cursor.fetchone())
    assert b"Unconscious" not in held
    assert b"confirms" not in held
