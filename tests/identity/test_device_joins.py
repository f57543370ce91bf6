"""A second device: a browser asks, the first one certifies its keys; everything else is refused."""

import base64
import hashlib
import json
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from identity.actions import expire
from identity.device_join import JoinKeys, join_fingerprint
from identity.models import Device, DeviceJoin
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from tests.cast import Browser, Member, b64, sign_in
from tests.identity.devices import JOINS, Newcomer, approve, load

VECTORS = Path(__file__).parents[2] / "web" / "tests" / "vectors" / "device-join.json"
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def events() -> list[str]:
    return list(AuditEvent.objects.order_by("event_id").values_list("event", flat=True))


@pytest.fixture
def first(alice: Member) -> Member:
    alice.add_device()
    return alice


@pytest.fixture
def second(first: Member) -> Newcomer:
    return Newcomer(sign_in(first.membership))


@pytest.fixture
def join_id(second: Newcomer) -> str:
    answer = second.ask()
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def test_the_second_browser_of_alice_becomes_a_device(first, second, join_id):
    asking = first.api.get(JOINS).json()["joins"]
    assert [(one["id"], one["browser"], one["system"], one["network"]) for one in asking] == [
        (join_id, "", "", "127.0.0.x")
    ]
    assert approve(first, second, join_id).json() == {"id": str(second.device_id)}
    told = second.member.api.get(f"{JOINS}/{join_id}").json()
    assert told["state"] == "approved"
    assert load(told["chain"][0]).public_key() == second.keys.device_key.public_key()
    assert len(told["chain"]) == 4
    assert first.api.get(JOINS).json() == {"joins": []}
    registered = AuditEvent.objects.filter(event="device:register").latest("event_id")
    assert json.loads(registered.canonical)["details"] == {
        "join": join_id,
        "approved_by": str(first.device.id),
        "certificate": hashlib.sha256(base64.b64decode(told["chain"][0])).hexdigest(),
    }
    assert {"device-join:ask", "device:register"} <= set(events())


def test_the_approved_browser_attaches_by_its_own_key_and_the_first_keeps_its_device(first, second, join_id):
    approve(first, second, join_id)
    api = second.member.api
    assert api.get("/api/v1/me").json()["device_id"] is None
    second.attach()
    assert api.get("/api/v1/me").json()["device_id"] == str(second.device_id)
    assert first.api.get("/api/v1/me").json()["device_id"] == str(first.device.id)


def test_a_request_is_refused_by_whoever_did_not_ask(first, second, join_id):
    assert first.api.post(f"{JOINS}/{join_id}/refuse", {"refusal": "mismatch"}).status_code == 204
    assert second.state(join_id) == "refused"
    refused = AuditEvent.objects.get(event="device-join:refuse")
    assert b"mismatch" in bytes(refused.canonical)
    assert approve(first, second, join_id).json()["code"] == "join-over"
    assert Device.objects.count() == 1


def test_a_request_is_taken_back_by_its_own_session_only(first, second, join_id):
    assert first.api.post(f"{JOINS}/{join_id}/withdraw").status_code == 404
    assert second.state(join_id) == "waiting"
    assert second.member.api.post(f"{JOINS}/{join_id}/withdraw").status_code == 204
    assert second.state(join_id) == "withdrawn"
    assert approve(first, second, join_id).status_code == 409


def test_a_request_works_once(first, second, join_id):
    assert approve(first, second, join_id).status_code == 200
    again = approve(first, second, join_id)
    assert (again.status_code, again.json()["code"]) == (409, "join-over")
    assert first.api.post(f"{JOINS}/{join_id}/refuse").status_code == 409
    assert second.state(join_id) == "approved"


def test_a_request_holds_for_ten_minutes(first, second, join_id):
    with time_machine.travel(now() + timedelta(seconds=601)):
        assert second.state(join_id) == "expired"
        assert first.api.get(JOINS).json() == {"joins": []}
        first.grow_fresh()
        assert approve(first, second, join_id).json()["code"] == "join-over"
        assert first.api.post(f"{JOINS}/{join_id}/refuse").status_code == 409
    with time_machine.travel(now() + timedelta(days=1, seconds=601)):
        expire(by=SYSTEM)
    assert not DeviceJoin.objects.exists()


def test_nobody_else_sees_or_answers_it(first, second, join_id, anton, bob, adam):
    unknown = f"{JOINS}/{new_id()}"
    for stranger in (anton, bob, adam):
        stranger.add_device()
        absent = stranger.api.get(unknown)
        assert stranger.api.get(f"{JOINS}/{join_id}").content == absent.content
        assert stranger.api.get(JOINS).json() == {"joins": []}
        assert approve(stranger, second, join_id).status_code == 404
        assert stranger.api.post(f"{JOINS}/{join_id}/refuse").status_code == 404
        assert stranger.client.get(f"/account/devices/join/{join_id}/").status_code == 404
    assert second.state(join_id) == "waiting"


def test_a_certificate_of_another_key_than_asked_is_refused(first, second, join_id):
    other = Newcomer(second.member, device_id=second.device_id)
    for wrong in (
        other.certificate(first),
        second.certificate(first, public_key=other.keys.device_key.public_key()),
    ):
        answer = approve(first, second, join_id, certificate=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "join-mismatch")
    assert second.state(join_id) == "waiting"
    assert Device.objects.count() == 1


def test_keys_that_were_changed_on_the_way_give_another_fingerprint(first, second, join_id):
    """As a server would that puts its own key in the place of the new device's."""
    seen = second.fingerprint
    attacker = Newcomer(second.member, device_id=second.device_id)
    DeviceJoin.objects.update(device_key=attacker.device_key, mls_key=attacker.keys.mls_public_key)
    answer = approve(first, attacker, join_id, fingerprint=seen)
    assert (answer.status_code, answer.json()["code"]) == (400, "join-mismatch")
    assert "fingerprint" in answer.json()["errors"]
    honest = {"device_key": second.device_key, "mls_key": second.keys.mls_public_key}
    DeviceJoin.objects.update(agreement_key=attacker.agreement_key, **honest)
    answer = approve(first, second, join_id)
    assert (answer.status_code, answer.json()["code"]) == (400, "join-mismatch")


@pytest.mark.parametrize(
    "wrong",
    [
        {"signer": Browser().identity_key},
        {"days": 91},
        {"key_cert_sign": True},
        {"dns": ["x.y.device.hospital-a.example"]},
    ],
    ids=["signed by another key", "too long", "an authority", "another name"],
)
def test_the_rules_of_a_device_certificate_hold_here_too(first, second, join_id, wrong):
    answer = approve(first, second, join_id, certificate=second.certificate(first, **wrong))
    assert (answer.status_code, "certificate" in answer.json()["errors"]) == (400, True)
    assert Device.objects.count() == 1


def test_a_session_without_a_device_approves_nothing(first, second, join_id):
    third = sign_in(first.membership)
    third.browser = first.browser
    answer = approve(third, second, join_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "device-needed")


def test_approving_asks_for_a_fresh_factor_and_refusing_does_not(first, second, join_id):
    first.grow_stale()
    answer = approve(first, second, join_id)
    assert (answer.status_code, answer.json()["code"]) == (403, "fresh-factor-required")
    assert second.state(join_id) == "waiting"
    first.grow_fresh()
    assert approve(first, second, join_id).status_code == 200
    other = Newcomer(sign_in(first.membership))
    asked = other.ask().json()["id"]
    first.grow_stale()
    assert first.api.post(f"{JOINS}/{asked}/refuse").status_code == 204


def test_a_revoked_device_approves_nothing(first, second, join_id):
    assert first.api.post(f"/api/v1/devices/{first.device.id}/revoke").status_code == 200
    assert approve(first, second, join_id).status_code in {401, 409}
    assert second.state(join_id) == "waiting"


def test_nothing_is_approved_for_a_session_that_has_ended(first, second, join_id):
    second.member.client.post("/sign-out/")
    answer = approve(first, second, join_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "join-over")


def test_at_most_five_devices(first, second, join_id):
    for _ in range(4):
        first.add_device()
    assert approve(first, second, join_id).json()["code"] == "too-many-devices"
    late = Newcomer(sign_in(first.membership)).ask()
    assert (late.status_code, late.json()["code"]) == (409, "too-many-devices")


def test_three_browsers_may_ask_at_once_and_each_only_once(first, second, join_id):
    again = second.ask(nonce=b64(bytes(32)))
    assert again.status_code == 201
    assert second.state(join_id) == "withdrawn"
    for _ in range(2):
        assert Newcomer(sign_in(first.membership)).ask().status_code == 201
    assert Newcomer(sign_in(first.membership)).ask().status_code == 409
    assert len(first.api.get(JOINS).json()["joins"]) == 3


def test_asking_is_limited_to_ten_an_hour(first, second):
    answers = [second.ask(nonce=b64(bytes([at]) * 32)).status_code for at in range(11)]
    assert answers == [201] * 10 + [429]


def test_without_an_identity_key_there_is_nobody_to_ask(alice):
    answer = Newcomer(alice).ask()
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("changes", "field_name"),
    [
        ({"nonce": b64(bytes(31))}, "mls_key"),
        ({"mls_key": b64(bytes(31))}, "mls_key"),
        ({"agreement_key": b64(bytes(65))}, "agreement_key"),
        ({"agreement_key": b64(b"\x04" + bytes(64))}, "agreement_key"),
        ({"agreement_key": b64(b"\x02" + bytes(range(32)))}, "agreement_key"),
        ({"agreement_key": ""}, "agreement_key"),
        ({"device_key": b64(b"rubbish")}, "device_key"),
        ({"device_key": ""}, "device_key"),
        ({"device_key": b64(bytes.fromhex("300b300506032a0304030200ff"))}, "device_key"),
        ({"device_id": str(uuid.UUID(int=4 << 76 | 2 << 62))}, "id"),
        ({"device_id": "no id"}, "device_id"),
    ],
)
def test_malformed_keys_are_refused_by_name(second, changes, field_name):
    answer = second.ask(**changes)
    assert (answer.status_code, field_name in answer.json()["errors"]) == (400, True)
    assert not DeviceJoin.objects.exists()


def test_keys_that_are_in_use_are_refused(first, second):
    identity = first.browser.identity_key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert second.ask(device_key=b64(identity)).status_code == 400
    assert second.ask(mls_key=b64(first.browser.mls_public_key)).status_code == 409
    assert second.ask(device_id=str(first.device.id)).status_code == 409


def test_a_reset_of_the_identity_key_leaves_nothing_to_approve_with(first, second, join_id, adam):
    from identity.actions import reset_identity_key

    reset_identity_key(by=adam.actor, person_id=first.person.id, organisation_id=first.organisation.id)
    assert first.api.get(f"{JOINS}/{join_id}").status_code == 401


def test_the_account_shows_who_asks_and_the_page_lets_alice_refuse(first, second, join_id):
    address = f"/account/devices/join/{join_id}/"
    assert address in first.client.get("/account/").content.decode()
    page = first.client.get(address).content.decode()
    assert "127.0.0.x" in page
    assert f'join="{join_id}"' in page
    answer = first.client.post(f"{address}refuse/", follow=True)
    assert "call your IT service desk" in answer.content.decode()
    assert second.state(join_id) == "refused"
    assert "This request was refused." in first.client.get(address).content.decode()
    assert address not in first.client.get("/account/").content.decode()


def test_the_database_knows_no_state_between(second, join_id):
    unasked = {"wrapped_backup_key": bytes(189)}
    for wrong in ({"state": "approved"}, {"state": "dreaming", "ended_at": now()}, unasked):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeviceJoin.objects.update(**wrong)


def code_of(fingerprint: bytes) -> str:
    """The short code, written a second time: 60 bits of PBKDF2, in the alphabet of Crockford."""
    stretched = hashlib.pbkdf2_hmac("sha256", fingerprint, b"medicus-device-join-code/1", 200_000, 8)
    bits = int.from_bytes(stretched) >> 4
    symbols = [ALPHABET[bits >> 5 * at & 31] for at in range(11, -1, -1)]
    return "-".join("".join(symbols[at : at + 4]) for at in (0, 4, 8))


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text()), ids=lambda vector: vector["name"])
def test_both_sides_compute_the_same(vector):
    keys = JoinKeys(
        uuid.UUID(vector["device_id"]),
        bytes.fromhex(vector["nonce"]),
        bytes.fromhex(vector["mls_key"]),
        bytes.fromhex(vector["agreement_key"]),
        bytes.fromhex(vector["device_key"]),
    )
    ids = {
        "person_id": uuid.UUID(vector["person_id"]),
        "organisation_id": uuid.UUID(vector["organisation_id"]),
    }
    assert join_fingerprint(keys, **ids).hex() == vector["fingerprint"]
    assert code_of(bytes.fromhex(vector["fingerprint"])) == vector["code"]


def test_a_key_of_another_length_has_no_fingerprint():
    for lengths in ((31, 32, 65), (32, 33, 65), (32, 32, 33)):
        nonce, mls_key, agreement_key = map(bytes, lengths)
        keys = JoinKeys(new_id(), nonce, mls_key, agreement_key, b"")
        with pytest.raises(ValueError, match="bytes"):
            join_fingerprint(keys, person_id=new_id(), organisation_id=new_id())
