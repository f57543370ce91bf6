"""The key-package directory: a device leaves packages there, a package is given out once."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, connections

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging import actions
from messaging.models import KeyPackage
from tests.cast import b64
from tests.messaging import forge
from tests.messaging.rooms import claim, leaf_of, leave_packages

PATH = "/api/v1/key-packages"


def upload(member, *packages, last_resort=None):
    return member.api.post(
        PATH,
        {"key_packages": [b64(one) for one in packages], "last_resort": last_resort and b64(last_resort)},
    )


def refusal(answer):
    return answer.status_code, answer.json()["code"], answer.json().get("reason")


@pytest.fixture
def _devices(equipped, alice, bob):
    equipped(alice, bob)


pytestmark = pytest.mark.usefixtures("_devices")


def test_bobs_device_leaves_packages_and_sees_how_many_there_are(bob):
    assert upload(bob, *(forge.key_package(leaf_of(bob)) for _ in range(3))).json() == {"available": 3}
    assert bob.api.get(PATH).json() == {"available": 3}
    assert AuditEvent.objects.filter(event=Event.KEY_PACKAGE_UPLOAD).count() == 1


def test_an_upload_that_is_repeated_changes_nothing(bob):
    package = forge.key_package(leaf_of(bob))
    assert upload(bob, package).json() == upload(bob, package).json() == {"available": 1}


def test_without_a_device_there_is_no_directory(anton):
    assert refusal(upload(anton)) == (409, "device-needed", None)
    assert refusal(anton.api.get(PATH)) == (409, "device-needed", None)
    assert refusal(anton.api.post(f"{PATH}/claim", {"person_ids": [str(anton.person.id)]})) == (
        409,
        "device-needed",
        None,
    )


def test_alice_claims_one_package_of_each_of_bobs_devices_and_each_is_given_once(alice, bob):
    packages = leave_packages(bob, 2)
    claimed = [claim(alice, bob)["claimed"] for _ in range(3)]
    assert [one[0]["key_package"] for one in claimed[:2]] == [b64(package) for package in packages]
    assert claimed[0][0]["person_id"] == str(bob.person.id)
    assert claimed[0][0]["device_id"] == str(bob.device.id)
    assert claimed[2] == []
    assert bob.api.get(PATH).json() == {"available": 0}


def test_the_last_resort_package_is_given_when_nothing_else_is_left_and_stays(alice, bob):
    last = forge.key_package(leaf_of(bob))
    upload(bob, forge.key_package(leaf_of(bob)), last_resort=last)
    assert claim(alice, bob)["claimed"][0]["key_package"] != b64(last)
    assert claim(alice, bob)["claimed"][0]["key_package"] == b64(last)
    assert claim(alice, bob)["claimed"][0]["key_package"] == b64(last)


def test_a_new_last_resort_package_replaces_the_former_one(alice, bob):
    upload(bob, last_resort=forge.key_package(leaf_of(bob)))
    last = forge.key_package(leaf_of(bob))
    upload(bob, last_resort=last)
    assert claim(alice, bob)["claimed"][0]["key_package"] == b64(last)
    assert KeyPackage.objects.filter(is_last_resort=True).count() == 1


def test_who_has_no_device_or_does_not_exist_is_named_alike(alice, charlie):
    nobody = "01a20181-68f1-7a06-84eb-3a654ead993f"
    answer = alice.api.post(f"{PATH}/claim", {"person_ids": [str(charlie.person.id), nobody]})
    assert answer.json() == {"claimed": [], "without_device": [str(charlie.person.id), nobody]}


def test_alice_does_not_claim_for_the_device_she_sits_at(alice):
    leave_packages(alice)
    assert claim(alice, alice)["claimed"] == []


def test_whoever_brings_one_device_in_leaves_the_others_packages_alone(alice, bob):
    leave_packages(bob)
    first = KeyPackage.objects.filter(device=bob.device).count()
    asked = {"person_ids": [str(bob.person.id)], "device_ids": [str(alice.device.id)]}
    answer = alice.api.post(f"{PATH}/claim", asked)
    assert answer.json() == {"claimed": [], "without_device": [str(bob.person.id)]}
    assert KeyPackage.objects.filter(device=bob.device, claimed_at=None).count() == first
    asked["device_ids"] = [str(bob.device.id)]
    (claimed,) = alice.api.post(f"{PATH}/claim", asked).json()["claimed"]
    assert claimed["device_id"] == str(bob.device.id)


def test_a_claim_is_recorded_for_both_hospitals(alice, bob):
    leave_packages(bob)
    claim(alice, bob)
    events = AuditEvent.objects.filter(event=Event.KEY_PACKAGE_CLAIM)
    assert {event.organisation_id for event in events} == {alice.organisation.id, bob.organisation.id}


def test_a_package_of_a_hospital_that_is_not_verified_cannot_be_claimed(alice, bob):
    leave_packages(bob)
    type(bob.organisation).objects.filter(id=bob.organisation.id).update(verified_at=None)
    assert claim(alice, bob)["claimed"] == []


def test_packages_expire_after_28_days(alice, bob):
    leave_packages(bob)
    package = KeyPackage.objects.get()
    assert package.expires_at - package.created_at <= timedelta(days=28)
    KeyPackage.objects.update(expires_at=now() - timedelta(seconds=1))
    assert claim(alice, bob)["claimed"] == []
    assert actions.expire(by=SYSTEM) == 1
    assert not KeyPackage.objects.exists()


def test_only_the_service_itself_throws_away_packages(alice):
    with pytest.raises(NotFound):
        actions.expire(by=alice.actor)


def test_a_revoked_device_is_not_claimed(alice, bob):
    leave_packages(bob)
    assert bob.api.post(f"/api/v1/devices/{bob.device.id}/revoke").status_code == 200
    assert claim(alice, bob)["claimed"] == []
    assert not KeyPackage.objects.exists()


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda bob, alice: forge.key_package(leaf_of(alice)), "leaf-identity"),
        (lambda bob, alice: forge.key_package(forge.Leaf(bob.browser.mls_key, "x:y@z")), "leaf-identity"),
        (
            lambda bob, alice: forge.key_package(forge.Leaf(alice.browser.mls_key, bob.mls_identity)),
            "leaf-identity",
        ),
        (
            lambda bob, alice: forge.key_package(leaf_of(bob), begins=now().timestamp() + 3600),
            "not-valid-now",
        ),
        (
            lambda bob, alice: forge.key_package(leaf_of(bob), begins=now().timestamp() - 90_000, days=1),
            "not-valid-now",
        ),
        (lambda bob, alice: forge.key_package(leaf_of(bob), days=365), "valid-too-long"),
    ],
)
def test_a_package_must_be_of_this_device_and_valid_for_a_while(alice, bob, make, reason):
    assert refusal(upload(bob, make(bob, alice))) == (400, "key-package-refused", reason)
    assert not KeyPackage.objects.exists()


def test_a_package_that_is_valid_for_ever_is_refused(bob):
    package = forge.key_package(leaf_of(bob), days=2**60 // forge.DAY)
    assert refusal(upload(bob, package)) == (400, "key-package-refused", "valid-too-long")


def test_a_package_with_a_wrong_signature_is_refused(bob):
    package = bytearray(forge.key_package(leaf_of(bob)))
    package[-1] ^= 1
    assert refusal(upload(bob, bytes(package))) == (400, "envelope-refused", "bad-signature")


def test_more_than_a_hundred_packages_are_refused(bob):
    packages = [forge.key_package(leaf_of(bob)) for _ in range(101)]
    assert upload(bob, *packages[:100]).status_code == 201
    assert refusal(upload(bob, packages[100])) == (400, "key-package-refused", "too-many")
    assert bob.api.get(PATH).json() == {"available": 100}


@pytest.mark.parametrize("packages", ["text", [1], ["***"], [b64(bytes(9000))], None])
def test_what_is_no_list_of_base64_is_refused(bob, packages):
    answer = bob.api.post(PATH, {"key_packages": packages})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.django_db(transaction=True)
def test_many_who_claim_at_once_never_get_the_same_package(alice, bob):
    if connection.vendor == "sqlite":
        pytest.skip("an in-memory database serves one thread")
    leave_packages(bob, 20)
    found: list[str] = []

    def claim_some() -> None:
        try:
            for _ in range(5):
                claimed = actions.claim_key_packages(by=alice.actor, person_ids=[bob.person.id]).claimed
                found.extend(b64(one.content) for one in claimed)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=claim_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(set(found)) == 20


def test_the_clock_of_the_server_decides(bob):
    package = forge.key_package(leaf_of(bob), begins=now().timestamp(), days=10)
    with time_machine.travel(now() + timedelta(days=11), tick=False):
        assert upload(bob, package).status_code in (400, 401)  # the session may have ended, too
