"""New devices that an administrator approves: asked, decided, used once; everything else is refused."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from identity.actions import expire, offboard, reset_identity_key
from identity.models import Device, DeviceApproval, IdentityKey
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from tests.cast import Browser, sign_in
from tests.identity.devices import (
    ADMINISTRATION,
    APPROVAL_NEEDED,
    APPROVALS,
    Newcomer,
    approval_state,
    approve,
    ask_administrator,
    ask_as_first,
    certify,
    codes_of,
    decide,
    register_newcomer,
    set_up,
)

PACKAGES: dict[str, Any] = {"key_packages": [], "last_resort": None}


# the path


def test_a_first_device_waits_for_an_administrator_and_then_goes_on(first, adam):
    assert first.member.api.get("/api/v1/me").json()["new_devices"] == "administrator"
    assert codes_of(set_up(first)) == [APPROVAL_NEEDED]
    asked = ask_as_first(first)
    assert codes_of(set_up(first)) == [APPROVAL_NEEDED]
    assert not IdentityKey.objects.filter(person=first.member.person).exists()
    assert codes_of(first.member.api.post("/api/v1/key-packages", PACKAGES)) == [(409, "device-needed")]
    (card,) = adam.api.get(ADMINISTRATION).json()["waiting"]
    told = first.member.api.get(f"{APPROVALS}/{asked}").json()
    assert (card["id"], card["person"], card["code"]) == (asked, "Alice Ahrens", told["code"])
    assert (card["department"], card["devices"], card["own"]) == ("Cardiology", 0, False)
    assert decide(adam, asked).json()["state"] == "approved"
    assert approval_state(first, asked) == "approved"
    assert set_up(first).status_code == 201
    assert approval_state(first, asked) == "used"
    assert first.member.api.post("/api/v1/key-packages", PACKAGES).status_code == 201
    assert adam.api.get(ADMINISTRATION).json()["decided"][0]["decided_by"] == "Adam Arnold"


def test_each_step_is_in_the_log(first, adam, ada):
    asked = ask_as_first(first)
    decide(adam, asked)
    refused = ask_as_first(Newcomer(first.member, keys=first.keys))
    decide(ada, refused, "refuse", reason="I do not know you.")
    events = AuditEvent.objects.filter(event__startswith="device-approval:").order_by("event_id")
    told = [(one.event, json.loads(one.canonical)["details"]) for one in events]
    device = {"device": str(first.device_id)}
    assert told[:2] == [
        ("device-approval:ask", device),
        ("device-approval:approve", device | {"approval": asked}),
    ]
    assert [event for event, _ in told[2:]] == ["device-approval:ask", "device-approval:refuse"]
    assert {one.organisation_id for one in events} == {adam.organisation.id}


def test_a_second_device_needs_the_administrator_before_the_first_one_is_asked(first, adam):
    decide(adam, ask_as_first(first))
    assert set_up(first).status_code == 201
    first.member.device = Device.objects.get()
    second = Newcomer(sign_in(first.member.membership))
    assert codes_of(second.ask()) == [APPROVAL_NEEDED]
    asked = ask_administrator(second, first.keys.identity_key).json()["id"]
    assert codes_of(second.ask()) == [APPROVAL_NEEDED]
    (card,) = adam.api.get(ADMINISTRATION).json()["waiting"]
    assert card["devices"] == 1
    decide(adam, asked)
    join = second.ask().json()["id"]
    assert approve(first.member, second, join).status_code == 200
    assert approval_state(second, asked) == "used"


def test_the_identity_key_of_a_recovery_kit_does_not_go_around_it(first, adam):
    decide(adam, ask_as_first(first))
    set_up(first)
    anew = Newcomer(sign_in(first.member.membership))
    assert codes_of(register_newcomer(anew, first.keys.identity_key)) == [APPROVAL_NEEDED]
    decide(adam, ask_administrator(anew, first.keys.identity_key).json()["id"])
    assert register_newcomer(anew, first.keys.identity_key).status_code == 201


# bound to one key, once


def test_an_approval_is_for_these_keys_and_no_others(first, adam):
    decide(adam, ask_as_first(first))
    member_ = first.member
    other_device = Newcomer(member_, keys=Browser(identity_key=first.keys.identity_key))
    assert certify(member_).status_code == 201
    assert codes_of(register_newcomer(other_device, first.keys.identity_key)) == [APPROVAL_NEEDED]
    same_id = Newcomer(member_, keys=other_device.keys, device_id=first.device_id)
    assert codes_of(register_newcomer(same_id, first.keys.identity_key)) == [APPROVAL_NEEDED]
    assert register_newcomer(first, first.keys.identity_key).status_code == 201


def test_another_identity_key_is_not_certified(first, adam):
    decide(adam, ask_as_first(first))
    thief = Newcomer(sign_in(first.member.membership))
    assert codes_of(certify(thief.member, thief.keys.request())) == [APPROVAL_NEEDED]
    assert certify(first.member).status_code == 201


def test_an_approval_is_used_once(first, adam):
    asked = ask_as_first(first)
    decide(adam, asked)
    set_up(first)
    Device.objects.all().delete()
    assert codes_of(register_newcomer(first, first.keys.identity_key)) == [APPROVAL_NEEDED]
    assert codes_of(decide(adam, asked)) == [(409, "approval-over")]
    assert ask_administrator(first, first.keys.identity_key).json()["state"] == "used"


def test_of_somebody_else_it_is_worth_nothing(first, anton, adam):
    decide(adam, ask_as_first(first))
    anton.browser = first.keys
    assert codes_of(certify(anton)) == [APPROVAL_NEEDED]


def test_it_holds_for_seven_days_twice(first, adam):
    asked = ask_as_first(first)
    with time_machine.travel(now() + timedelta(days=7, seconds=1), tick=False):
        first.member, admin = sign_in(first.member.membership), sign_in(adam.membership)
        assert approval_state(first, asked) == "expired"
        assert admin.api.get(ADMINISTRATION).json()["waiting"] == []
        assert codes_of(decide(admin, asked)) == [(409, "approval-over")]
    DeviceApproval.objects.update(expires_at=now() + timedelta(days=1))
    first.member = sign_in(first.member.membership)
    decide(adam, asked)
    with time_machine.travel(now() + timedelta(days=6), tick=False):
        first.member = sign_in(first.member.membership)
        assert approval_state(first, asked) == "approved"
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        first.member = sign_in(first.member.membership)
        first.member.browser = first.keys
        assert approval_state(first, asked) == "expired"
        assert codes_of(set_up(first)) == [APPROVAL_NEEDED]
    with time_machine.travel(now() + timedelta(days=38), tick=False):
        expire(by=SYSTEM)
    assert not DeviceApproval.objects.exists()


# refused


def test_a_refusal_is_final_and_says_why(first, adam):
    asked = ask_as_first(first)
    for reason in ("", "   ", "x" * 501):
        assert decide(adam, asked, "refuse", reason=reason).status_code == 400
    assert decide(adam, asked, "refuse", reason="Please come to the desk.").status_code == 200
    told = ask_administrator(first, first.keys.identity_key).json()
    assert (told["id"], told["state"], told["reason"]) == (asked, "refused", "Please come to the desk.")
    assert codes_of(decide(adam, asked), set_up(first)) == [(409, "approval-over"), APPROVAL_NEEDED]
    assert ask_as_first(Newcomer(first.member, keys=first.keys)) != asked


def test_nobody_decides_about_their_own_device(adam, ada, demanded):
    mine = Newcomer(adam, keys=adam.browser)
    asked = ask_as_first(mine)
    assert adam.api.get(ADMINISTRATION).json()["waiting"][0]["own"] is True
    for act in ("approve", "refuse"):
        assert codes_of(decide(adam, asked, act, reason="x")) == [(409, "own-device")]
    assert decide(ada, asked).status_code == 200
    with pytest.raises(IntegrityError), transaction.atomic():
        DeviceApproval.objects.update(decided_by=adam.person)


def test_who_does_not_administer_the_hospital_hears_what_is_absent(first, adam, anton, berta):
    asked, unknown = ask_as_first(first), str(new_id())
    for stranger in (anton, berta, first.member):
        for act in ("approve", "refuse"):
            there, absent = (decide(stranger, one, act, reason="x") for one in (asked, unknown))
            assert (there.status_code, there.content) == (404, absent.content)
            address = "/administration/device-approvals/{}/{}/"
            assert stranger.client.post(address.format(asked, act)).status_code == 404
    for stranger in (anton, berta, adam):
        there, absent = (stranger.api.get(f"{APPROVALS}/{one}") for one in (asked, unknown))
        assert (there.status_code, there.content) == (404, absent.content)
    assert anton.api.get(ADMINISTRATION).status_code == 404
    assert berta.api.get(ADMINISTRATION).json()["waiting"] == []
    assert approval_state(first, asked) == "waiting"
    assert decide(adam, asked).status_code == 200


def test_approving_asks_for_a_fresh_factor_and_refusing_does_not(first, adam):
    asked, other = ask_as_first(first), ask_as_first(Newcomer(first.member, keys=first.keys))
    adam.grow_stale()
    assert codes_of(decide(adam, asked)) == [(403, "fresh-factor-required")]
    assert approval_state(first, asked) == "waiting"
    assert decide(adam, other, "refuse", reason="A copy.").status_code == 200
    adam.grow_fresh()
    assert decide(adam, asked).status_code == 200


def test_malformed_keys_and_keys_in_use_are_refused(first, adam):
    identity = first.keys.identity_key
    for wrong in (
        {"mls_key": "AAAA"},
        {"identity_fingerprint": "AAAA"},
        {"device_id": str(uuid.UUID(int=4 << 76 | 2 << 62))},
        {"device_id": "no id"},
    ):
        assert ask_administrator(first, identity, **wrong).status_code == 400
    decide(adam, ask_as_first(first))
    set_up(first)
    other = Newcomer(first.member)
    assert ask_administrator(other, other.keys.identity_key).status_code == 409
    taken = Newcomer(first.member, device_id=first.device_id)
    assert ask_administrator(taken, identity).status_code == 409


def test_three_browsers_may_wait_and_ten_an_hour_may_ask(first, adam):
    waiting = [ask_as_first(Newcomer(first.member, keys=first.keys)) for _ in range(3)]
    assert ask_administrator(first, first.keys.identity_key).status_code == 409
    for asked in waiting:
        decide(adam, asked, "refuse", reason="Not now.")
    for _ in range(7):
        decide(adam, ask_as_first(Newcomer(first.member, keys=first.keys)), "refuse", reason="Not now.")
    assert ask_administrator(first, first.keys.identity_key).status_code == 429


# what ends it


def test_who_leaves_and_whose_key_is_reset_has_nothing_approved_any_more(first, adam, anton):
    decide(adam, ask_as_first(first))
    set_up(first)
    waiting = ask_as_first(Newcomer(first.member, keys=Browser(identity_key=first.keys.identity_key)))
    approved = ask_as_first(Newcomer(anton, keys=anton.browser))
    decide(adam, approved)
    reset_identity_key(by=adam.actor, person_id=first.member.person.id, organisation_id=adam.organisation.id)
    offboard(by=adam.actor, membership_id=anton.membership.id)
    states = {str(row.id): row.state for row in DeviceApproval.objects.all()}
    assert (states[waiting], states[approved]) == ("withdrawn", "withdrawn")
    assert AuditEvent.objects.filter(event="device-approval:withdraw").count() == 2
