"""Protected folders: only one department opens them; for others of the hospital they are not there."""

import pytest

from audit.models import AuditEvent
from identity.actions import close_department
from identity.models import Department, Membership
from medicus.lib.errors import Conflict, NotFound
from medicus.lib.ids import new_id
from storage import access, actions
from storage.models import Patient
from tests.cast import Member
from tests.conftest import member
from tests.storage.folders import begin, clean, folder_of, guarded_folder, psychiatrist, share

pytestmark = pytest.mark.django_db


@pytest.fixture
def petra(alice: Member) -> Member:
    return psychiatrist(alice.organisation)


def test_the_department_opens_it_and_others_find_nothing(alice: Member, petra: Member) -> None:
    patient = guarded_folder(alice.organisation, petra)
    assert patient.guarded_by == "Psychiatry"
    assert [card.identifier for card in access.patients(by=petra.actor)] == ["4712"]
    assert access.patients(by=alice.actor) == []
    for query in ("4712", "Geheim"):
        assert alice.api.get("/api/v1/patients", {"q": query}).json()["total"] == 0
    for suffix in ("", "/findings"):
        forbidden = alice.api.get(f"/api/v1/patients/{patient.patient_id}{suffix}")
        absent = alice.api.get(f"/api/v1/patients/{new_id()}{suffix}")
        assert (forbidden.status_code, forbidden.content) == (404, absent.content)
    assert not access.may_add_findings(by=alice.actor, patient_id=patient.patient_id)
    assert petra.api.get(f"/api/v1/patients/{patient.patient_id}").json()["guarded_by"] == "Psychiatry"


def test_its_findings_are_protected_and_shares_stay(
    alice: Member, petra: Member, bob: Member, settings, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    settings.VAR_DIR = tmp_path
    finding = clean(petra, folder_of(petra))
    share(petra, finding.finding_id, bob)
    assert alice.api.get(f"/api/v1/findings/{finding.finding_id}").status_code == 200
    actions.guard_patient(by=petra.actor, patient_id=finding.patient.patient_id)
    for suffix in ("", "/file", "/preview"):
        assert alice.api.get(f"/api/v1/findings/{finding.finding_id}{suffix}").status_code == 404
    assert petra.api.get(f"/api/v1/findings/{finding.finding_id}").status_code == 200
    seen = bob.api.get(f"/api/v1/findings/{finding.finding_id}")
    assert seen.status_code == 200
    assert b"Psychiatry" not in seen.content


def test_protection_is_lifted_by_the_department_only(alice: Member, petra: Member) -> None:
    patient = guarded_folder(alice.organisation, petra)
    with pytest.raises(NotFound):
        actions.release_patient(by=alice.actor, patient_id=patient.patient_id)
    begin(alice, patient)
    with pytest.raises(Conflict, match="left to the department"):
        actions.release_patient(by=alice.actor, patient_id=patient.patient_id)
    assert actions.release_patient(by=petra.actor, patient_id=patient.patient_id).guarded_by == ""
    assert alice.api.get(f"/api/v1/patients/{patient.patient_id}").status_code == 200
    with pytest.raises(Conflict, match="not protected"):
        actions.release_patient(by=petra.actor, patient_id=patient.patient_id)
    assert AuditEvent.objects.filter(event__in=["patient:guard", "patient:release"]).count() == 2


def test_who_works_in_no_department_cannot_protect(alice: Member, petra: Member) -> None:
    patient, doris = folder_of(alice), member(alice.organisation, "Doris", "Dorn")
    Membership.objects.filter(id=doris.membership.id).update(department=None)
    with pytest.raises(Conflict, match="no department"):
        actions.guard_patient(by=doris.actor, patient_id=patient.patient_id)
    actions.guard_patient(by=petra.actor, patient_id=patient.patient_id)
    with pytest.raises(Conflict, match="already"):
        actions.guard_patient(by=petra.actor, patient_id=patient.patient_id)


def test_a_department_that_protects_folders_is_not_closed(alice: Member, adam: Member, petra: Member) -> None:
    patient = guarded_folder(alice.organisation, petra)
    ward = Department.objects.get(name="Psychiatry")
    Membership.objects.filter(id=petra.membership.id).update(department=None)
    with pytest.raises(Conflict, match="1 protected folder"):
        close_department(by=adam.actor, department_id=ward.id)
    Patient.objects.filter(id=patient.patient_id).update(guarded_by=None)
    assert close_department(by=adam.actor, department_id=ward.id).closed_at


def test_the_pages_protect_and_lift(alice: Member, petra: Member) -> None:
    patient = folder_of(petra)
    page = f"/patients/{patient.patient_id}/"
    assert "Only for Psychiatry" in petra.client.get(page).content.decode()
    answer = petra.client.post(f"{page}guard/", follow=True)
    assert "Only Psychiatry opens this folder now." in answer.content.decode()
    assert "Only the people of Psychiatry" in answer.content.decode()
    assert alice.client.get(page).status_code == 404
    petra.client.post(f"{page}release/")
    assert alice.client.get(page).status_code == 200
