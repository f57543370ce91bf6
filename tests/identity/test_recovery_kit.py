"""The recovery kit: what a browser has sealed is kept, given back to its person only, and ends with its key."""

import pytest

from audit.models import AuditEvent
from identity.actions import reset_identity_key
from identity.models import RecoveryKit
from tests.cast import Member, b64, sign_in
from tests.identity.recovery_kits import FILE, text

KIT = "/api/v1/recovery-kit"
SEALED = bytes(range(200))


@pytest.fixture
def first(alice: Member) -> Member:
    alice.add_device()
    return alice


def make(member: Member, sealed: bytes = SEALED):
    return member.api.post(KIT, {"sealed_key": b64(sealed)})


def fetch(member: Member):
    return member.api.post(f"{KIT}/fetch")


def kit_events() -> list[str]:
    events = AuditEvent.objects.filter(event__startswith="recovery-kit:").order_by("event_id")
    return list(events.values_list("event", flat=True))


def test_alice_makes_a_kit_and_fetches_it_in_a_new_browser(first):
    assert first.api.get(KIT).json() == {"made_at": None}
    assert make(first).status_code == 204
    assert first.api.get(KIT).json()["made_at"]
    second = sign_in(first.membership)
    assert fetch(second).json() == {"sealed_key": b64(SEALED)}
    assert kit_events() == ["recovery-kit:make", "recovery-kit:fetch"]


def test_a_new_kit_takes_the_place_of_the_old_one(first):
    make(first)
    make(first, SEALED[::-1])
    assert fetch(first).json() == {"sealed_key": b64(SEALED[::-1])}
    assert RecoveryKit.objects.count() == 1


def test_a_withdrawn_kit_is_gone(first):
    make(first)
    assert first.api.delete(KIT).status_code == 204
    assert fetch(first).status_code == 409
    assert first.api.delete(KIT).status_code == 409
    assert first.api.get(KIT).json() == {"made_at": None}
    assert kit_events()[-1] == "recovery-kit:withdraw"


def test_nobody_else_gets_it(first, anton, adam, bob):
    make(first)
    for other in (anton, adam, bob):
        other.add_device()
        assert fetch(other).status_code == 409
        assert other.api.get(KIT).json() == {"made_at": None}
        assert other.api.delete(KIT).status_code == 409
    assert fetch(first).status_code == 200


def test_a_reset_of_the_key_ends_its_kit(first, adam):
    make(first)
    reset_identity_key(by=adam.actor, person_id=first.person.id, organisation_id=first.organisation.id)
    assert not RecoveryKit.objects.exists()
    first.membership.person.refresh_from_db()
    assert fetch(sign_in(first.membership)).status_code == 409


def test_only_a_device_makes_one_and_only_of_the_right_size(first):
    assert make(sign_in(first.membership)).json()["code"] == "device-needed"
    for wrong in (b"", bytes(99), bytes(513)):
        assert make(first, wrong).status_code == 400
    assert not RecoveryKit.objects.exists()


def test_making_and_withdrawing_ask_for_a_fresh_factor_and_fetching_does_not(first):
    make(first)
    first.grow_stale()
    assert make(first).json()["code"] == "fresh-factor-required"
    assert first.api.delete(KIT).json()["code"] == "fresh-factor-required"
    assert fetch(first).status_code == 200
    assert "/account/confirm/" in first.client.get("/account/recovery-kit/").headers["Location"]
    first.grow_fresh()
    assert first.client.get("/account/recovery-kit/").status_code == 200


def test_it_is_fetched_ten_times_an_hour(first):
    make(first)
    assert [fetch(first).status_code for _ in range(11)] == [200] * 10 + [429]


def test_the_pages_say_whether_there_is_one(first):
    assert b"medicus-recovery-kit" in first.client.get("/account/recovery-kit/").content
    assert b"<medicus-recovery-use" not in first.client.get("/account/recovery-kit/use/").content
    make(first)
    assert b"<medicus-recovery-use" in first.client.get("/account/recovery-kit/use/").content


def test_the_browser_s_vectors_are_current():
    assert FILE.read_text() == text()
