"""A person's browser fetches what the log says of their keys and devices, and can prove it without the server."""

import base64
import hashlib
import json
import uuid

import pytest

from audit import actions as audit
from audit.checkpoint import parse_vkey, read_tree_head
from audit.entries import commitment
from audit.merkle import extends, leaf_hash, proves
from audit.models import AuditEvent
from identity.actions import reset_identity_key
from medicus.lib.actor import SYSTEM
from tests.cast import Member, sign_in
from tests.identity.devices import Newcomer, approve

EVENTS = "/api/v1/me/key-events"


@pytest.fixture
def first(alice: Member) -> Member:
    alice.add_device()
    return alice


def fetch(member: Member, since_size: int = 0):
    audit.seal(by=SYSTEM)
    answer = member.api.get(EVENTS, {"since_size": since_size})
    assert answer.status_code == 200, answer.content
    return answer.json()


def head_of(log):
    return read_tree_head(log["checkpoint"], parse_vkey(log["public_key"]))


def bodies(log):
    return [json.loads(base64.b64decode(event["canonical"])) for event in log["events"]]


def names(log):
    return [body["event"] for body in bodies(log)]


def test_each_event_is_proven_by_the_signed_tree_head(first, anton):
    anton.add_device()
    log = fetch(first)
    head = head_of(log)
    assert names(log) == ["identity-key:certify", "device:register"]
    for event in log["events"]:
        leaf = leaf_hash(base64.b64decode(event["canonical"]))
        path = [base64.b64decode(step) for step in event["proof"]]
        assert proves(leaf=leaf, index=event["index"], size=head.size, path=path, root=head.root)


def test_each_event_is_about_the_person_and_names_the_certificate(first):
    log = fetch(first)
    for event, body in zip(log["events"], bodies(log), strict=True):
        opening = event["people"]["actor"]
        assert opening["person_id"] == str(first.person.id)
        opened = commitment(base64.b64decode(opening["salt"]), uuid.UUID(opening["person_id"]))
        assert body["actor"]["person"] == opened
    listed = first.api.get("/api/v1/devices", {"person": str(first.person.id)}).json()["devices"][0]
    device, person = (base64.b64decode(one) for one in listed["chain"][:2])
    assert [body["details"]["certificate"] for body in bodies(log)] == [
        hashlib.sha256(person).hexdigest(),
        hashlib.sha256(device).hexdigest(),
    ]
    assert bodies(log)[1]["subject"] == f"device/{listed['id']}"


def test_a_later_answer_proves_that_it_continues_the_earlier_one(first):
    before = head_of(fetch(first))
    first.add_device()
    log = fetch(first, before.size)
    after = head_of(log)
    proof = [base64.b64decode(step) for step in log["consistency"]]
    assert after.size > before.size
    assert proof
    assert extends(old_size=before.size, old_root=before.root, size=after.size, root=after.root, proof=proof)


def test_a_size_that_the_log_never_had_gets_no_proof(first):
    log = fetch(first, 10_000)
    assert (log["consistency"], len(log["events"])) == ([], 2)
    for wrong in ("-1", "x", str(2**60)):
        assert first.api.get(EVENTS, {"since_size": wrong}).status_code == 400


def test_an_approved_device_names_the_one_that_approved_it(first):
    second = Newcomer(sign_in(first.membership))
    join_id = str(second.ask().json()["id"])
    assert approve(first, second, join_id).status_code == 200
    registered = bodies(fetch(first))[-1]
    assert registered["subject"] == f"device/{second.device_id}"
    assert registered["details"] == {
        "join": join_id,
        "approved_by": str(first.device.id),
        "certificate": hashlib.sha256(_certificate_of(first, second.device_id)).hexdigest(),
    }


def _certificate_of(member, device_id):
    devices = member.api.get("/api/v1/devices", {"person": str(member.person.id)}).json()["devices"]
    return base64.b64decode(next(one["chain"][0] for one in devices if one["id"] == str(device_id)))


def test_revocations_and_resets_by_an_administrator_stand_in_the_person_s_own_list(first, adam):
    adam.api.post(f"/api/v1/devices/{first.device.id}/revoke")
    reset_identity_key(by=adam.actor, person_id=first.person.id, organisation_id=first.organisation.id)
    first.membership.person.refresh_from_db()
    log = fetch(sign_in(first.membership))
    assert names(log)[2:] == ["device:revoke", "identity-key:reset"]
    assert bodies(log)[2]["details"] == {"device": str(first.device.id)}
    for event, body in list(zip(log["events"], bodies(log), strict=True))[2:]:
        salt = base64.b64decode(event["people"]["subject"]["salt"])
        assert body["subject"] == f"person/{commitment(salt, first.person.id)}"
    assert names(fetch(adam)) == []


def test_nobody_gets_the_events_of_somebody_else(first, anton, bob, adam):
    for other in (anton, bob, adam):
        assert fetch(other)["events"] == []


def test_before_anything_is_sealed_the_answer_is_empty(first):
    log = first.api.get(EVENTS).json()
    assert (log["checkpoint"], log["consistency"], log["events"]) == ("", [], [])


def test_what_is_not_sealed_yet_is_left_out(first):
    fetch(first)
    first.add_device()
    assert len(first.api.get(EVENTS).json()["events"]) == 2
    assert len(fetch(first)["events"]) > 2


def test_a_browser_s_doubt_is_recorded_for_the_officer(first, adam):
    assert first.api.post(f"{EVENTS}/doubts", {"doubt": "unknown-device"}).status_code == 204
    event = AuditEvent.objects.get(event="key-log:doubt")
    assert event.organisation_id == first.organisation.id
    assert json.loads(bytes(event.canonical))["details"] == {"reason": "unknown-device"}
    page = adam.client.get("/audit/", {"event": "key-log:doubt"}).content.decode()
    assert "A device that nobody there added" in page


def test_only_known_doubts_are_taken_and_not_without_end(first):
    assert first.api.post(f"{EVENTS}/doubts", {"doubt": "anything"}).status_code == 400
    answers = [first.api.post(f"{EVENTS}/doubts", {"doubt": "missing"}).status_code for _ in range(21)]
    assert answers == [204] * 20 + [429]
    assert AuditEvent.objects.filter(event="key-log:doubt").count() == 20
