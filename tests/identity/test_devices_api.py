"""Identity keys and devices through the API, as the browser's engine uses it."""

import uuid
from itertools import pairwise

import pytest

from audit.models import AuditEvent
from identity.access import devices_of
from identity.actions import reset_identity_key
from identity.models import Device, IdentityKey, Organisation, Person
from medicus.lib import callbacks
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import NotFound
from medicus.lib.ids import new_id
from tests.cast import Browser, b64, sign_in
from tests.identity.devices import DEVICES, KEYS, certify, load, register


@pytest.fixture
def revoked():
    """What the upper apps are told."""
    heard = []

    def hear(device_ids) -> None:
        heard.extend(device_ids)

    callbacks.register("device-revoked", hear)
    yield heard
    callbacks._registered["device-revoked"].remove(hear)


def test_alice_has_her_key_certified(alice):
    answer = certify(alice)
    assert answer.status_code == 201
    body = answer.json()
    person, organisation, root = map(load, body["chain"])
    person.verify_directly_issued_by(organisation)
    organisation.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert body["certificate"] == body["chain"][0]
    assert person.public_key() == alice.browser.identity_key.public_key()
    me = alice.api.get("/api/v1/me").json()
    assert me["identity_key"] == {"id": body["id"], "fingerprint": body["fingerprint"]}
    assert me["root_certificate"] == body["chain"][2]


def test_a_second_key_is_refused(alice):
    certify(alice)
    answer = certify(alice, Browser().request())
    assert (answer.status_code, answer.json()["code"]) == (409, "identity-key-exists")
    assert certify(alice).json()["code"] == "identity-key-exists"


def test_a_key_that_was_certified_before_is_refused(alice, bob):
    certify(alice)
    answer = certify(bob, alice.browser.request())
    assert answer.status_code == 400
    assert "csr" in answer.json()["errors"]


@pytest.mark.parametrize("csr", ["", "no base64!", b64(b"rubbish"), b64(bytes(9000)), None, 7, ["a"]])
def test_what_is_no_request_is_refused_by_name(alice, csr):
    answer = alice.api.post(KEYS, {"csr": csr})
    assert answer.status_code == 400
    assert "csr" in answer.json()["errors"]


def test_alice_registers_a_device_and_her_session_is_attached(alice):
    certify(alice)
    device_id = new_id()
    answer = register(alice, device_id=device_id)
    assert answer.status_code == 201
    body = answer.json()
    assert body["id"] == str(device_id)
    chain = [load(each) for each in body["chain"]]
    assert len(chain) == 4
    for certificate, issuer in pairwise(chain):
        certificate.verify_directly_issued_by(issuer)
    assert alice.api.get("/api/v1/me").json()["device_id"] == str(device_id)


def test_the_same_request_again_gives_the_same_answer(alice):
    certify(alice)
    device_id = new_id()
    certificate = alice.browser.device_certificate(
        device_id=device_id, person_id=alice.person.id, domain=alice.organisation.domain
    )
    first = register(alice, device_id=device_id, certificate=certificate)
    second = register(alice, device_id=device_id, certificate=certificate)
    assert first.json() == second.json()
    assert Device.objects.count() == 1


def test_the_same_id_with_another_certificate_is_refused(alice):
    certify(alice)
    device_id = new_id()
    register(alice, device_id=device_id)
    alice.browser = Browser(identity_key=alice.browser.identity_key)
    assert register(alice, device_id=device_id).status_code == 409


def test_one_mls_key_is_one_device(alice):
    certify(alice)
    register(alice)
    assert register(alice).status_code == 409


def test_bob_cannot_take_the_id_of_alice_s_device(alice, bob):
    certify(alice), certify(bob)
    device_id = new_id()
    register(alice, device_id=device_id)
    assert register(bob, device_id=device_id).status_code == 409
    assert Device.objects.get().person_id == alice.person.id


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signer": Browser().identity_key}, "certificate"),
        ({"days": 91}, "certificate"),
        ({"ca": True}, "certificate"),
        ({"certificate": b"rubbish"}, "certificate"),
        ({"device_id": uuid.uuid4()}, "id"),
    ],
    ids=["other key", "too long", "CA", "rubbish", "not version 7"],
)
def test_a_device_that_breaks_a_rule_is_refused_by_name(alice, changes, field):
    certify(alice)
    answer = register(alice, **changes)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]
    assert not Device.objects.exists()


def test_without_an_identity_key_there_is_no_device(alice):
    assert register(alice).status_code == 409


def test_a_sixth_device_is_refused_until_one_is_revoked(alice):
    certify(alice)
    for _ in range(5):
        alice.browser = Browser(identity_key=alice.browser.identity_key)
        last = register(alice).json()["id"]
    alice.browser = Browser(identity_key=alice.browser.identity_key)
    assert register(alice).json()["code"] == "too-many-devices"
    alice.api.post(f"{DEVICES}/{last}/revoke")
    assert register(alice).status_code == 201


def test_peers_see_devices_and_their_revocation(alice, bob, device_of, revoked):
    device = device_of(alice)
    listed = bob.api.get(f"{DEVICES}?person={alice.person.id}&person={bob.person.id}").json()["devices"]
    assert [(each["id"], each["revoked_at"], len(each["chain"])) for each in listed] == [
        (str(device.id), None, 4)
    ]
    assert listed[0]["organisation_id"] == str(alice.organisation.id)
    assert alice.api.post(f"{DEVICES}/{device.id}/revoke").json()["revoked_at"]
    listed = bob.api.get(f"{DEVICES}?person={alice.person.id}").json()["devices"]
    assert listed[0]["revoked_at"].endswith("Z")
    assert devices_of(by=bob.actor, person_ids=[alice.person.id]) == []
    assert revoked == [device.id]


def test_a_second_revocation_changes_nothing_and_is_told_nobody(alice, device_of, revoked):
    device = device_of(alice)
    first = alice.api.post(f"{DEVICES}/{device.id}/revoke").json()
    assert alice.api.post(f"{DEVICES}/{device.id}/revoke").json() == first
    assert revoked == [device.id]


def test_the_own_administrator_revokes_and_others_cannot(alice, adam, anton, berta, device_of):
    device = device_of(alice)
    for other in (anton, berta):
        assert other.api.post(f"{DEVICES}/{device.id}/revoke").status_code == 404
    assert Device.objects.get().revoked_at is None
    assert adam.api.post(f"{DEVICES}/{device.id}/revoke").status_code == 200


def test_absent_and_forbidden_answer_alike(alice, berta, device_of):
    forbidden = berta.api.post(f"{DEVICES}/{device_of(alice).id}/revoke")
    absent = berta.api.post(f"{DEVICES}/{new_id()}/revoke")
    assert (forbidden.status_code, forbidden.content) == (absent.status_code, absent.content)


def test_who_has_left_keeps_a_chain_that_peers_can_check(alice, bob, device_of):
    device = device_of(alice)
    Person.objects.filter(id=alice.person.id).update(is_active=False)
    listed = bob.api.get(f"{DEVICES}?person={alice.person.id}").json()["devices"]
    assert [each["id"] for each in listed] == [str(device.id)]
    assert devices_of(by=bob.actor, person_ids=[alice.person.id]) == []


def test_devices_of_an_unverified_organisation_stay_inside_it(alice, bob, anton, device_of):
    device_of(alice)
    Organisation.objects.filter(id=alice.organisation.id).update(verified_at=None)
    assert bob.api.get(f"{DEVICES}?person={alice.person.id}").json() == {"devices": []}
    assert len(anton.api.get(f"{DEVICES}?person={alice.person.id}").json()["devices"]) == 1
    device_of(bob)
    assert anton.api.get(f"{DEVICES}?person={bob.person.id}").json() == {"devices": []}


@pytest.mark.parametrize(
    "query", ["", "?person=", "?person=nonsense", "?person=" + "&person=".join(["x"] * 300)]
)
def test_a_list_needs_people(alice, query):
    answer = alice.api.get(DEVICES + query)
    assert answer.status_code == 400
    assert any(field.startswith("person") for field in answer.json()["errors"])


def test_the_number_of_queries_does_not_grow_with_the_devices(
    alice, bob, anton, device_of, django_assert_num_queries
):
    for member in (alice, anton, bob):
        device_of(member)
    people = "&".join(f"person={member.person.id}" for member in (alice, anton, bob))
    with django_assert_num_queries(3):  # session, actor, devices
        alice.api.get(f"{DEVICES}?{people}")


def test_a_reset_revokes_everything_and_makes_room(alice, adam, device_of, revoked):
    device = device_of(alice)
    reset_identity_key(by=adam.actor, person_id=alice.person.id, organisation_id=alice.organisation.id)
    assert revoked == [device.id]
    assert Device.objects.get().revoked_at
    assert alice.api.get("/api/v1/me").status_code == 401
    alice.membership.person.refresh_from_db()
    again = sign_in(alice.membership)
    assert certify(again, alice.browser.request()).status_code == 400
    assert certify(again).status_code == 201
    assert IdentityKey.objects.filter(revoked_at=None).count() == 1


def test_the_device_under_a_reset_key_cannot_be_registered(alice, device_of):
    device_of(alice)
    old = alice.browser.identity_key
    reset_identity_key(by=SYSTEM, person_id=alice.person.id, organisation_id=alice.organisation.id)
    alice.membership.person.refresh_from_db()
    again = sign_in(alice.membership)
    certify(again)
    assert register(again, signer=old).status_code == 400


def test_adam_resets_on_the_page_and_through_the_api_what_is_there(alice, adam, device_of):
    page, api = f"/administration/people/{alice.membership.id}/", "/api/v1/administration/people/"
    assert "Reset the key and all devices" not in adam.client.get(page).content.decode()
    assert adam.api.post(f"{api}{alice.membership.id}/reset-identity-key").status_code == 409
    device_of(alice)
    assert "Reset the key and all devices" in adam.client.get(page).content.decode()
    assert adam.client.post(f"{page}reset-identity-key/").status_code == 302
    assert not IdentityKey.objects.filter(revoked_at=None).exists()
    alice.membership.person.refresh_from_db()
    certify(sign_in(alice.membership))
    assert adam.api.post(f"{api}{alice.membership.id}/reset-identity-key").status_code == 200
    assert AuditEvent.objects.filter(event="identity-key:reset").count() == 2


def test_nobody_resets_their_own(adam, device_of):
    device_of(adam)
    with pytest.raises(NotFound):
        reset_identity_key(by=adam.actor, person_id=adam.person.id, organisation_id=adam.organisation.id)
    assert IdentityKey.objects.filter(revoked_at=None).count() == 1


def test_nobody_else_resets(alice, anton, berta, device_of):
    device_of(alice)
    for other in (alice, anton, berta):
        with pytest.raises(NotFound):
            reset_identity_key(
                by=other.actor, person_id=alice.person.id, organisation_id=alice.organisation.id
            )
