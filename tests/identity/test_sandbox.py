"""A hospital that is not verified is alone: nothing crosses, in either direction. Nor does anything reach the operators."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from identity.actions import check_domain, verify_organisation
from identity.models import Person
from identity.states import Function
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound
from storage import actions as storage
from tests.conftest import member
from tests.messaging.rooms import Room, leave_packages
from tests.storage.folders import clean, folder_of, read_once

BANNER = b"is not verified yet"


@pytest.fixture
def simon(sandbox):
    """Physician in the sandbox, with a device."""
    made = member(sandbox, "Simon", "Seidel", Function.PHYSICIAN)
    made.add_device()
    return made


def verify(organisation):
    verify_organisation(by=SYSTEM, organisation_id=organisation.id)


def names(person, query=""):
    return {each["name"] for each in person.api.get(f"/api/v1/directory?q={query}").json()["results"]}


def test_the_directory_ends_at_the_sandbox(simon, sara, alice, bob, olga, otto, sandbox):
    assert names(simon) == {"Sara Sommer"}
    assert names(alice) == {"Bob Becker"}
    assert names(olga) == {"Otto Oster"}
    assert b"Hospital A" not in simon.client.get("/directory/").content
    assert b"Hospital S" not in alice.client.get("/directory/").content
    verify(sandbox)
    assert names(simon) == {"Sara Sommer", "Alice Ahrens", "Bob Becker"}
    assert names(alice) == {"Bob Becker", "Simon Seidel", "Sara Sommer"}
    assert names(olga) == {"Otto Oster"}


def test_devices_and_key_packages_do_not_cross(simon, alice, olga, sandbox):
    alice.add_device()
    olga.add_device()
    leave_packages(simon)
    leave_packages(alice)

    def reached(by, whom):
        devices = by.api.get(f"/api/v1/devices?person={whom.person.id}").json()["devices"]
        claimed = by.api.post("/api/v1/key-packages/claim", {"person_ids": [str(whom.person.id)]})
        return len(devices) + len(claimed.json()["claimed"])

    for one, other in ((simon, alice), (alice, simon), (olga, alice), (alice, olga), (olga, simon)):
        assert reached(one, other) == 0
    verify(sandbox)
    assert reached(simon, alice) == 2
    assert reached(alice, simon) == 2
    assert reached(olga, alice) == 0


def test_conversations_begin_with_the_verification(simon, alice, sandbox):
    alice.add_device()
    leave_packages(simon)
    room = Room()
    claimed = alice.api.post("/api/v1/key-packages/claim", {"person_ids": [str(simon.person.id)]}).json()
    assert claimed["claimed"] == []
    assert alice.api.get(f"{room.path}").status_code == 404
    verify(sandbox)
    claimed = alice.api.post("/api/v1/key-packages/claim", {"person_ids": [str(simon.person.id)]}).json()
    assert len(claimed["claimed"]) == 1


def test_findings_are_not_shared_across(simon, alice, olga, sandbox, settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("storage.dicom.limited.read", read_once)
    ends = {"purpose": "second-opinion", "expires_at": now() + timedelta(days=3)}
    owned = {each.person.id: clean(each, folder_of(each)) for each in (alice, simon)}

    def share(owner, recipient):
        storage.share_finding(
            by=owner.actor,
            finding_id=owned[owner.person.id].finding_id,
            membership_id=recipient.membership.id,
            **ends,
        )

    for owner, recipient in ((alice, simon), (simon, alice), (alice, olga)):
        with pytest.raises((Invalid, NotFound)):
            share(owner, recipient)
    verify(sandbox)
    share(alice, simon)
    share(simon, alice)


def test_every_page_says_so_and_leads_its_administrator_to_the_checklist(sara, simon, sandbox):
    for address in (
        "/",
        "/directory/",
        "/conversations/",
        "/account/",
        "/administration/",
        "/administration/people/",
    ):
        page = sara.client.get(address).content
        assert BANNER in page, address
        assert b'<a href="/administration/">To the checklist</a>' in page, address
    page = simon.client.get("/patients/").content
    assert BANNER in page
    assert b"To the checklist" not in page
    verify(sandbox)
    assert BANNER not in sara.client.get("/").content


def test_nobody_is_invited_or_imported_before_the_domain_is_proven(application, sara, alice):
    person = {"email": "n@hospital-s.example", "given_name": "N", "family_name": "N", "function": "nurse"}
    row = f"email;given_name;family_name;function\n{alice.person.email};A;A;nurse".encode()

    def invite():
        return sara.api.post("/api/v1/administration/people", person).status_code

    def upload():
        return sara.client.post(
            "/administration/people/import/", {"file": SimpleUploadedFile("people.csv", row)}
        ).content

    assert invite() == 409
    assert sara.client.post("/administration/people/invite/", person | {"valid_from": ""}).status_code == 400
    assert b"prove the domain first" in upload()
    assert Person.objects.filter(email=person["email"]).count() == 0
    check_domain(by=sara.actor, organisation_id=application.organisation_id)
    assert invite() == 201
    assert b"prove the domain first" not in upload()


def test_others_do_not_hear_of_a_sandbox(alice, olga, client):
    assert BANNER not in alice.client.get("/").content
    assert BANNER not in olga.client.get("/").content
    assert BANNER not in client.get("/sign-in/").content


def test_an_operator_s_home_leads_to_the_applications(olga, alice, adam):
    home = olga.client.get("/").content
    assert home.count(b'<a href="/operator/applications/"') == 2, "both navigations lead there"
    assert b'href=""' not in home
    for person in (alice, adam):
        assert b"/operator/applications/" not in person.client.get("/").content
    assert olga.client.get("/patients/").status_code == 404
