"""The policy of new devices: what sets it, what sets it back; the page, the command, the mail and the code."""

import json
import uuid
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from identity.actions import change_policies, offboard
from identity.device_approval import DeviceKeys, approval_code, approval_fingerprint
from identity.models import DeviceApproval
from identity.policies import PolicyName
from identity.states import Function
from identity.thumbprint import ed25519_thumbprint
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from tests.conftest import member
from tests.identity.devices import (
    ADMINISTRATION,
    APPROVALS,
    Newcomer,
    approval_state,
    ask_as_first,
    decide,
    demand_approval,
    set_up,
)

VECTORS = Path(__file__).parents[2] / "web" / "tests" / "vectors" / "device-approval.json"
POLICIES = "/api/v1/administration/policies"


# the policy


def test_by_default_nobody_is_asked(alice, adam):
    assert alice.api.get("/api/v1/me").json()["new_devices"] == "own"
    assert set_up(Newcomer(alice, keys=alice.browser)).status_code == 201
    found = adam.api.get(ADMINISTRATION).json()
    assert (found["demanded"], found["waiting"]) == (False, [])


def test_it_takes_two_administrators(adam):
    answer = adam.api.patch(POLICIES, {"new_devices": "administrator"}, "application/json")
    assert answer.status_code == 400
    assert "second administrator" in answer.json()["errors"]["new_devices"]
    member(adam.organisation, "Ada", "Abel", Function.IT, is_admin=True)
    assert adam.api.patch(POLICIES, {"new_devices": "administrator"}, "application/json").status_code == 200


def test_the_last_administrator_is_told_who_helps_and_the_operator_does(ada, adam, demanded):
    asked = ask_as_first(Newcomer(adam, keys=adam.browser))
    offboard(by=SYSTEM, membership_id=ada.membership.id)
    page = adam.client.get("/administration/device-approvals/").content.decode()
    assert "There is only one administrator" in page
    assert "This is your own device" in page

    def run(*words: str) -> str:
        out = StringIO()
        call_command("device_approval", *words, stdout=out)
        return out.getvalue()

    assert "Adam Arnold" in run("list", adam.organisation.domain)
    assert "approved" in run("approve", asked)
    assert approval_state(Newcomer(adam), asked) == "approved"
    with pytest.raises(CommandError, match="not open any more"):
        run("refuse", asked, "--reason", "Too late.")
    approved = Newcomer(adam, keys=adam.browser, device_id=DeviceApproval.objects.get().device_id)
    assert set_up(approved).status_code == 201


def test_set_back_waiting_devices_go_on_by_themselves(first, adam):
    asked, gone = ask_as_first(first), ask_as_first(Newcomer(first.member, keys=first.keys))
    decide(adam, gone, "refuse", reason="A copy.")
    values = {PolicyName.NEW_DEVICES: None}
    change_policies(by=adam.actor, organisation_id=adam.organisation.id, values=values, address="")
    assert (approval_state(first, asked), approval_state(first, gone)) == ("unneeded", "refused")
    assert set_up(first).status_code == 201
    assert approval_state(first, asked) == "withdrawn"
    demand_approval(adam.organisation)
    assert adam.api.get(ADMINISTRATION).json()["waiting"] == []


def test_the_database_knows_the_policy_and_no_state_between(first):
    ask_as_first(first)
    for wrong in ({"state": "approved"}, {"state": "refused", "decided_at": now()}, {"decided_at": now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DeviceApproval.objects.update(**wrong)


# pages and mail


def test_the_page_shows_the_code_and_the_administrator_decides(first, adam):
    asked, other = ask_as_first(first), ask_as_first(Newcomer(first.member, keys=first.keys))
    assert "New devices to approve" in adam.client.get("/administration/").content.decode()
    page = adam.client.get("/administration/device-approvals/").content.decode()
    assert first.member.api.get(f"{APPROVALS}/{asked}").json()["code"] in page
    assert "first device" in page
    address = "/administration/device-approvals/{}/{}/"
    done = adam.client.post(address.format(asked, "approve"), follow=True).content.decode()
    assert "Approved. The browser of Alice Ahrens goes on by itself." in done
    empty = adam.client.post(address.format(other, "refuse"), {"reason": " "})
    assert (empty.status_code, "That did not work" in empty.content.decode()) == (400, True)
    done = adam.client.post(address.format(other, "refuse"), {"reason": "A copy."}, follow=True)
    assert "Refused. Alice Ahrens reads your reason." in done.content.decode()
    again = adam.client.post(address.format(other, "refuse"), {"reason": "A copy."}, follow=True)
    assert "not open any more" in again.content.decode()
    assert "Nobody waits" in again.content.decode()


def test_people_are_found_by_name_and_the_list_costs_a_fixed_number_of_queries(
    first, adam, anton, django_assert_num_queries
):
    ask_as_first(first)
    with django_assert_num_queries(6):
        adam.api.get(ADMINISTRATION)
    for _ in range(2):
        ask_as_first(Newcomer(first.member, keys=first.keys))
    decide(adam, ask_as_first(Newcomer(anton, keys=anton.browser)))
    with django_assert_num_queries(6):
        assert len(adam.api.get(ADMINISTRATION).json()["waiting"]) == 3
    assert adam.api.get(f"{ADMINISTRATION}?q=alb").json()["waiting"] == []
    assert adam.api.get(f"{ADMINISTRATION}?q=ahr").json()["total"] == 3


def test_asking_what_became_of_it_costs_three_queries(first, django_assert_num_queries):
    asked = ask_as_first(first)
    with django_assert_num_queries(3):
        assert approval_state(first, asked) == "waiting"


def test_the_person_is_told_by_mail(first, adam, mailoutbox, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_HOST = "mail.hospital-a.example"
    with django_capture_on_commit_callbacks(execute=True):
        decide(adam, ask_as_first(first))
        decide(
            adam, ask_as_first(Newcomer(first.member, keys=first.keys)), "refuse", reason="Come to the desk."
        )
    assert [letter.to for letter in mailoutbox] == [[first.member.person.email]] * 2
    assert "freigegeben" in mailoutbox[0].subject + mailoutbox[0].body
    assert "Come to the desk." in mailoutbox[1].body


# the fingerprint


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text()), ids=lambda vector: vector["name"])
def test_both_sides_compute_the_same(vector):
    keys = DeviceKeys(
        uuid.UUID(vector["device_id"]),
        bytes.fromhex(vector["identity_fingerprint"]),
        ed25519_thumbprint(bytes.fromhex(vector["mls_key"])),
        bytes.fromhex(vector["device_key"]),
    )
    person_id, organisation_id = (uuid.UUID(vector[name]) for name in ("person_id", "organisation_id"))
    fingerprint = approval_fingerprint(keys, person_id=person_id, organisation_id=organisation_id)
    assert fingerprint.hex() == vector["fingerprint"]
    assert approval_code(fingerprint) == vector["code"]


def test_a_fingerprint_of_another_length_is_none():
    keys = DeviceKeys(new_id(), bytes(31), ed25519_thumbprint(bytes(32)), b"")
    with pytest.raises(ValueError, match="32 bytes"):
        approval_fingerprint(keys, person_id=new_id(), organisation_id=new_id())
