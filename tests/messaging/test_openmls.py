"""OpenMLS members exchange real messages through the API; the server lets in what they make, and no more."""

import base64

import pytest
from cryptography.exceptions import InvalidTag

from tests.cast import Member, b64
from tests.messaging.openmls import Browser


@pytest.fixture
def trio(alice: Member, bob: Member, charlie: Member) -> tuple[Browser, Browser, Browser]:
    """Alice has made a group and added Bob, then Charlie; everybody is up to date."""
    browsers = Browser(alice), Browser(bob), Browser(charlie)
    ours, bobs, charlies = browsers
    ours.create()
    bobs.leave_key_package()
    charlies.leave_key_package()
    assert ours.add(bob).status_code == 201
    bobs.join()
    assert ours.add(charlie).status_code == 201
    charlies.join()
    bobs.catch_up()
    return browsers


def test_alice_bob_and_charlie_read_each_other(trio):
    ours, bobs, charlies = trio
    assert ours.send("The finding is there.").status_code == 201
    assert bobs.send("I have seen it.").status_code == 201
    ours.since = charlies.since  # her own commits are applied
    for browser in trio:
        browser.catch_up()
    assert charlies.texts == ["The finding is there.", "I have seen it."]
    assert ours.texts == ["I have seen it."]
    assert bobs.texts == ["The finding is there."]


def test_a_member_who_joins_later_cannot_read_what_was_said_before(alice, bob, charlie):
    ours, bobs, charlies = Browser(alice), Browser(bob), Browser(charlie)
    ours.create()
    bobs.leave_key_package()
    charlies.leave_key_package()
    ours.add(bob)
    said = ours.send("Between the two of us.")
    assert said.status_code == 201
    ours.add(charlie)
    charlies.join()
    early = charlie.api.get(f"/api/v1/groups/{ours.group_id}/entries?since=0").json()["entries"]
    assert [entry["seq"] for entry in early if entry["seq"] <= said.json()["seq"]] == []


def test_charlie_once_removed_reads_nothing_more(trio):
    ours, bobs, charlies = trio
    assert ours.remove(2).status_code == 201
    bobs.catch_up()
    assert ours.send("Without Charlie.").status_code == 201
    bobs.catch_up()
    assert bobs.texts == ["Without Charlie."]
    # The server hands out the commit that removed him, and nothing after it.
    answer = charlies.member.api.get(f"/api/v1/groups/{ours.group_id}/entries?since={charlies.since}")
    (removal,) = answer.json()["entries"]
    assert removal["kind"] == "commit"
    # And had he the ciphertext all the same, his engine and his secrets could not read it.
    leaked = bobs.member.api.get(f"/api/v1/groups/{ours.group_id}/entries?since={removal['seq']}").json()
    message = base64.b64decode(leaked["entries"][0]["body"])
    with pytest.raises(OSError, match="process_message"):
        charlies.mls.process_message(message)
    charlies.epoch.number = ours.epoch.number
    with pytest.raises(InvalidTag):
        charlies.epoch.decrypt(message)
    assert bobs.epoch.decrypt(message) == b"Without Charlie."
    assert charlies.send("Still here?").status_code == 404


def test_of_two_commits_in_one_epoch_one_wins_and_the_other_follows(trio):
    ours, bobs, charlies = trio
    removal_by_alice, removal_by_bob = ours.mls.remove_member(2), bobs.mls.remove_member(0)
    assert removal_by_alice
    assert removal_by_bob
    ours.mls.clear_pending_commit()
    bobs.mls.clear_pending_commit()
    assert ours.remove(2).status_code == 201
    late = bobs.remove(2)
    assert (late.status_code, late.json()["code"], late.json()["epoch"]) == (409, "stale-epoch", 3)
    bobs.catch_up()
    assert bobs.mls.epoch == ours.mls.epoch
    assert bobs.send("I have followed.").status_code == 201
    assert charlies.texts == []


def test_a_message_of_a_past_epoch_is_stale(trio):
    ours, bobs, _charlies = trio
    assert ours.remove(2).status_code == 201
    answer = bobs.send("too late")
    assert (answer.status_code, answer.json()["code"], answer.json()["epoch"]) == (409, "stale-epoch", 3)


def test_handshakes_that_the_server_cannot_read_are_refused(alice):
    from gbp_stack import MlsContext

    ours = Browser(alice)
    ours.create()
    with MlsContext.create("somebody") as private, MlsContext.create("else") as other:
        commit, welcome = private.invite_full(other.export_key_package())
    answer = alice.api.post(
        f"/api/v1/groups/{ours.group_id}/commits",
        {"id": str(ours.group_id), "epoch": 0, "commit": b64(commit), "welcome": b64(welcome)},
    )
    assert (answer.status_code, answer.json()["reason"]) == (400, "wrong-wire-format")


def test_the_next_commit_takes_a_revoked_device_out_before_anything_else(alice, bob, charlie):
    ours, bobs, charlies = Browser(alice), Browser(bob), Browser(charlie)
    ours.create()
    bobs.leave_key_package()
    charlies.leave_key_package()
    ours.add(bob)
    bobs.join()
    package = ours.claim(charlie)
    bob.api.post(f"/api/v1/devices/{bobs.device_id}/revoke")
    early = ours.bring_in(package)
    assert (early.status_code, early.json()["reason"]) == (400, "revoked-leaf-stays")
    assert ours.remove(1).status_code == 201
    assert ours.bring_in(package).status_code == 201
    charlies.join()
    assert charlies.mls.epoch == ours.mls.epoch
