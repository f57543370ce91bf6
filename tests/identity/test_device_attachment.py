"""A device proves its key to a new session by signing a challenge, once."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.conf import settings
from django.db import connection

from audit.models import AuditEvent
from identity.models import Device, DeviceChallenge
from medicus.lib.clock import now
from tests.cast import ApiClient, Browser, b64, sign_in
from tests.identity.devices import DEVICES, certify, register


@pytest.fixture
def with_device(alice):
    """Alice in a new session, whose browser holds the keys of a device."""
    certify(alice)
    device_id = register(alice).json()["id"]
    again = sign_in(alice.membership)
    again.browser, again.device = alice.browser, Device.objects.get(id=device_id)
    return again


def challenge(member) -> bytes:
    answer = member.api.post(f"{DEVICES}/{member.device.id}/challenge")
    return base64.b64decode(answer.json()["nonce"])


def attach(member, signature: bytes):
    return member.api.post(f"{DEVICES}/{member.device.id}/attach", {"signature": b64(signature)})


def attached(member) -> bool:
    return member.api.get("/api/v1/me").json()["device_id"] is not None


def test_a_new_session_is_attached_by_a_signature(with_device):
    assert not attached(with_device)
    nonce = challenge(with_device)
    assert len(nonce) == 32
    answer = attach(with_device, with_device.browser.sign(b"medicus-attach:" + nonce))
    assert (answer.status_code, answer.json()) == (200, {"id": str(with_device.device.id)})
    assert attached(with_device)


def test_a_signature_works_once(with_device):
    signature = with_device.browser.sign(b"medicus-attach:" + challenge(with_device))
    assert attach(with_device, signature).status_code == 200
    assert attach(with_device, signature).status_code == 400


def test_a_wrong_signature_uses_the_challenge_up(with_device):
    nonce = challenge(with_device)
    assert attach(with_device, bytes(64)).status_code == 400
    assert attach(with_device, with_device.browser.sign(b"medicus-attach:" + nonce)).status_code == 400
    assert not attached(with_device)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda browser, nonce: browser.sign(nonce),
        lambda browser, nonce: browser.sign(b"medicus-attach:" + bytes(32)),
        lambda browser, nonce: Browser().sign(b"medicus-attach:" + nonce),
        lambda browser, nonce: browser.sign(b"medicus-attach:" + nonce)[:63],
        lambda browser, nonce: b"",
    ],
    ids=["no prefix", "other nonce", "other key", "short", "empty"],
)
def test_other_signatures_attach_nothing(with_device, wrong):
    nonce = challenge(with_device)
    assert attach(with_device, wrong(with_device.browser, nonce)).status_code == 400
    assert not attached(with_device)


def test_a_new_challenge_replaces_the_old_one(with_device):
    old = challenge(with_device)
    challenge(with_device)
    assert attach(with_device, with_device.browser.sign(b"medicus-attach:" + old)).status_code == 400


def test_a_challenge_is_for_one_session(with_device, alice):
    nonce = challenge(with_device)
    thief = sign_in(with_device.membership)
    thief.device = with_device.device
    assert attach(thief, with_device.browser.sign(b"medicus-attach:" + nonce)).status_code == 400


def test_a_challenge_expires(with_device):
    with time_machine.travel(now(), tick=False) as clock:
        nonce = challenge(with_device)
        clock.shift(121)
        assert attach(with_device, with_device.browser.sign(b"medicus-attach:" + nonce)).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_of_two_parallel_uses_of_one_signature_one_attaches(with_device):
    signature = with_device.browser.sign(b"medicus-attach:" + challenge(with_device))

    def use(_) -> int:
        try:
            client = ApiClient()
            client.cookies[settings.SESSION_COOKIE_NAME] = with_device.session_key
            sent = {"signature": b64(signature)}
            return int(client.post(f"{DEVICES}/{with_device.device.id}/attach", sent).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(use, range(4))) == [200, 400, 400, 400]


def test_nobody_else_gets_a_challenge_for_alice_s_device(with_device, anton, bob):
    for other in (anton, bob):
        other.device = with_device.device
        assert other.api.post(f"{DEVICES}/{other.device.id}/challenge").status_code == 404
        assert attach(other, bytes(64)).status_code == 404
    assert not DeviceChallenge.objects.exists()


def test_a_revoked_device_gets_no_challenge_and_is_not_attached(with_device):
    nonce = challenge(with_device)
    with_device.api.post(f"{DEVICES}/{with_device.device.id}/revoke")
    assert attach(with_device, with_device.browser.sign(b"medicus-attach:" + nonce)).status_code == 404
    assert with_device.api.post(f"{DEVICES}/{with_device.device.id}/challenge").status_code == 404


def test_every_step_is_recorded(with_device):
    nonce = challenge(with_device)
    attach(with_device, with_device.browser.sign(b"medicus-attach:" + nonce))
    with_device.api.post(f"{DEVICES}/{with_device.device.id}/revoke")
    recorded = set(AuditEvent.objects.values_list("event", flat=True))
    assert {"identity-key:certify", "device:register", "device:attach", "device:revoke"} <= recorded
