"""How sure the hospital is that it is Erika who signs in, and how her access ends."""

from typing import Any

import pytest

from audit.models import AuditEvent
from identity.models import Policy
from medicus.lib.errors import NotFound
from storage import actions
from tests.cast import Member, sign_in
from tests.patients import also_connected, connected
from tests.storage.folders import folder_of

PAGE = "/patients/{}/sign-in/"


def events_of(organisation: Any) -> set[str]:
    return set(AuditEvent.objects.filter(organisation_id=organisation.id).values_list("event", flat=True))


def test_a_clinician_checks_in_person_and_takes_it_back(alice, record):
    erika = connected(alice, record)
    path = PAGE.format(record.patient_id)
    assert alice.client.post(path + "confirm/", {"document": "passport"}).status_code == 302
    level = erika.api.get("/api/v1/me/records").json()["results"][0]["level"]
    assert (level["level"], level["document"], level["checked_by"]) == (
        "in-person",
        "passport",
        "Alice Ahrens",
    )
    assert "Checked in person" in erika.client.get("/").content.decode()
    assert alice.client.post(path + "confirm/", {"document": "passport"}).status_code == 400
    assert alice.client.post(path + "unconfirm/", {"reason": ""}).status_code == 400
    assert alice.client.post(path + "unconfirm/", {"reason": "access-ended"}).status_code == 400
    assert alice.client.post(path + "unconfirm/", {"reason": "doubt"}).status_code == 302
    assert erika.api.get("/api/v1/me/records").json()["results"][0]["level"]["level"] == "link-and-code"
    assert {"identity-level:raise", "identity-level:lower"} <= events_of(alice.organisation)


def test_a_check_needs_a_fresh_factor_and_a_clinician_of_the_hospital(alice, adam, bob, record):
    erika = connected(alice, record)
    path = f"/api/v1/patients/{record.patient_id}/sign-in/identity"
    for stranger in (adam, bob, erika):
        assert stranger.api.post(path, {"document": "passport"}).status_code == 404
    alice.grow_stale()
    assert alice.api.post(path, {"document": "passport"}).json()["code"] == "fresh-factor-required"
    alice.grow_fresh()
    assert alice.api.post(path, {"document": "library-card"}).status_code == 400
    assert alice.api.post(path, {"document": "passport"}).status_code == 204


def test_an_ended_access_is_over_at_once_and_the_check_with_it(alice, record):
    erika = connected(alice, record)
    actions.confirm_patient(by=alice.actor, patient_id=record.patient_id, document="passport")
    answer = alice.client.post(PAGE.format(record.patient_id) + "end/", {"reason": "misuse"})
    assert answer.status_code == 302
    assert erika.client.get("/").status_code != 200
    assert erika.api.get("/api/v1/me/access-log").status_code == 401
    assert {"patient:unlink", "identity-level:lower", "membership:deactivate"} <= events_of(
        alice.organisation
    )
    with pytest.raises(NotFound):
        actions.end_patient_access(by=alice.actor, patient_id=record.patient_id, reason="misuse")


def test_who_was_ended_can_be_invited_anew_with_the_same_account(alice, record):
    erika = connected(alice, record)
    actions.confirm_patient(by=alice.actor, patient_id=record.patient_id, document="passport")
    actions.end_patient_access(by=alice.actor, patient_id=record.patient_id, reason="mistake")
    place = also_connected(alice, record, erika)
    again = sign_in(place)
    (found,) = again.api.get("/api/v1/me/records").json()["results"]
    assert found["level"]["level"] == "link-and-code", "the check has ended with the access"


def test_the_end_in_one_hospital_leaves_the_other(alice, bob, record):
    erika = connected(alice, record)
    place = also_connected(bob, folder_of(bob, identifier="B-1"), erika)
    actions.end_patient_access(by=alice.actor, patient_id=record.patient_id, reason="patients-wish")
    there: Member = sign_in(place)
    found = there.api.get("/api/v1/me/records").json()["results"]
    assert [one["organisation"]["name"] for one in found] == ["Hospital B"]


def test_the_policies_of_a_hospital_are_about_its_staff(alice, record):
    erika = connected(alice, record)
    Policy.objects.create(
        organisation=alice.organisation, second_factor="passkey-all", networks=["198.51.100.0/24"]
    )
    assert erika.client.get("/").status_code == 200
    assert alice.client.get("/").status_code == 403
