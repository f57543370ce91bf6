"""The key of the history backup goes with an approval: to the device that was approved, once, and to nobody else."""

import json
from datetime import timedelta

import pytest
import time_machine

from audit.models import AuditEvent
from identity.actions import expire, reset_identity_key
from identity.models import Device, DeviceJoin
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from tests.cast import Member, b64, sign_in
from tests.identity.devices import JOINS, Newcomer, approve
from tests.identity.wrapped_backup_keys import FILE, text

WRAPPED = bytes(range(189))
GONE = (409, "no-backup-key")


@pytest.fixture
def first(alice: Member) -> Member:
    alice.add_device()
    return alice


@pytest.fixture
def second(first: Member) -> Newcomer:
    return Newcomer(sign_in(first.membership))


@pytest.fixture
def join_id(second: Newcomer) -> str:
    return str(second.ask().json()["id"])


def approved(first: Member, second: Newcomer, join_id: str, wrapped: bytes = WRAPPED) -> None:
    assert approve(first, second, join_id, wrapped_backup_key=wrapped).status_code == 200
    second.attach()


def fetch(member: Member, join_id: object):
    return member.api.post(f"{JOINS}/{join_id}/backup-key")


def told(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def offered(second: Newcomer, join_id: str) -> bool:
    return bool(second.member.api.get(f"{JOINS}/{join_id}").json()["has_backup_key"])


def kept() -> list[object]:
    return list(DeviceJoin.objects.values_list("wrapped_backup_key", flat=True))


def test_the_approved_device_fetches_the_key_once(first, second, join_id):
    assert not offered(second, join_id)
    approved(first, second, join_id)
    assert offered(second, join_id)
    assert fetch(second.member, join_id).json() == {"wrapped_backup_key": b64(WRAPPED)}
    assert kept() == [None]
    assert not offered(second, join_id)
    assert told(fetch(second.member, join_id)) == GONE


def test_handing_over_is_recorded_without_the_key(first, second, join_id):
    approved(first, second, join_id)
    event = AuditEvent.objects.get(event="history-backup:hand-over")
    recorded = json.loads(event.canonical)
    assert recorded["subject"] == f"device/{second.device_id}"
    assert recorded["details"] == {"join": join_id, "from": str(first.device.id)}
    assert b64(WRAPPED).encode() not in bytes(event.canonical)


def test_where_no_key_came_there_is_none_and_the_device_works(first, second, join_id):
    assert approve(first, second, join_id).status_code == 200
    second.attach()
    assert not offered(second, join_id)
    assert told(fetch(second.member, join_id)) == GONE
    assert second.member.api.get("/api/v1/me").json()["device_id"] == str(second.device_id)
    assert not AuditEvent.objects.filter(event="history-backup:hand-over").exists()


@pytest.mark.parametrize("size", [0, 188, 190])
def test_a_key_of_another_size_is_refused_and_nothing_is_approved(first, second, join_id, size):
    answer = approve(first, second, join_id, wrapped_backup_key=bytes(size))
    assert (answer.status_code, "wrapped_backup_key" in answer.json()["errors"]) == (400, True)
    assert second.state(join_id) == "waiting"
    assert kept() == [None]
    approved(first, second, join_id)


def test_only_the_device_that_was_approved_fetches_it(first, second, join_id, anton, bob, adam):
    approved(first, second, join_id)
    assert fetch(first, join_id).status_code == 404
    for stranger in (anton, bob, adam):
        stranger.add_device()
        absent = fetch(stranger, new_id())
        assert (absent.status_code, fetch(stranger, join_id).content) == (404, absent.content)
    third = Newcomer(sign_in(first.membership))
    other = str(third.ask().json()["id"])
    approved(first, third, other)
    assert fetch(third.member, join_id).status_code == 404
    assert fetch(second.member, join_id).status_code == 200


def test_a_session_without_the_device_fetches_nothing(first, second, join_id):
    assert approve(first, second, join_id, wrapped_backup_key=WRAPPED).status_code == 200
    assert told(fetch(second.member, join_id)) == (409, "device-needed")
    assert told(fetch(sign_in(first.membership), join_id)) == (409, "device-needed")
    second.attach()
    assert fetch(second.member, join_id).status_code == 200


def test_of_a_request_that_was_not_approved_there_is_nothing_to_fetch(first, second, join_id):
    """Neither while it waits nor after a refusal; what came with a refused approval is not kept either."""
    assert fetch(first, join_id).status_code == 404
    wrong = approve(first, second, join_id, fingerprint=bytes(32), wrapped_backup_key=WRAPPED)
    assert told(wrong) == (400, "join-mismatch")
    assert kept() == [None]
    assert first.api.post(f"{JOINS}/{join_id}/refuse").status_code == 204
    late = approve(first, second, join_id, wrapped_backup_key=WRAPPED)
    assert told(late) == (409, "join-over")
    assert kept() == [None]
    assert told(fetch(second.member, join_id)) == (409, "device-needed")
    assert not Device.objects.filter(id=second.device_id).exists()


def test_a_second_approval_puts_no_other_key_in_its_place(first, second, join_id):
    approved(first, second, join_id)
    again = approve(first, second, join_id, wrapped_backup_key=WRAPPED[::-1])
    assert told(again) == (409, "join-over")
    assert fetch(second.member, join_id).json() == {"wrapped_backup_key": b64(WRAPPED)}


def test_an_expired_request_takes_no_key(first, second, join_id):
    with time_machine.travel(now() + timedelta(seconds=601)):
        first.grow_fresh()
        answer = approve(first, second, join_id, wrapped_backup_key=WRAPPED)
    assert told(answer) == (409, "join-over")
    assert kept() == [None]


def test_ten_minutes_after_the_approval_the_key_is_gone(first, second, join_id):
    approved(first, second, join_id)
    with time_machine.travel(now() + timedelta(seconds=590)):
        expire(by=SYSTEM)
    assert kept() == [WRAPPED]
    with time_machine.travel(now() + timedelta(seconds=601)):
        assert told(fetch(second.member, join_id)) == GONE
        expire(by=SYSTEM)
    assert kept() == [None]
    assert second.state(join_id) == "approved"


def test_a_revoked_device_fetches_nothing(first, second, join_id):
    approved(first, second, join_id)
    assert first.api.post(f"/api/v1/devices/{second.device_id}/revoke").status_code == 200
    assert told(fetch(second.member, join_id)) == (409, "device-needed")
    assert kept() == [WRAPPED]


def test_after_a_reset_of_the_identity_key_nobody_fetches_it(first, second, join_id, adam):
    approved(first, second, join_id)
    reset_identity_key(by=adam.actor, person_id=first.person.id, organisation_id=first.organisation.id)
    assert fetch(second.member, join_id).status_code == 401


def test_an_old_second_factor_hands_nothing_over(first, second, join_id):
    first.grow_stale()
    answer = approve(first, second, join_id, wrapped_backup_key=WRAPPED)
    assert told(answer) == (403, "fresh-factor-required")
    assert kept() == [None]
    first.grow_fresh()
    approved(first, second, join_id)
    second.member.grow_stale()
    assert fetch(second.member, join_id).status_code == 200


def test_the_answer_to_the_request_itself_never_carries_the_key(first, second, join_id):
    approved(first, second, join_id)
    for member in (first, second.member):
        assert "wrapped_backup_key" not in member.api.get(f"{JOINS}/{join_id}").json()


def test_the_vectors_of_the_browser_are_current():
    assert FILE.read_text() == text()
