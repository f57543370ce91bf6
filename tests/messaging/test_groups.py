"""Groups as their members see them; to everybody else they do not exist."""

import uuid

from audit.events import Event
from audit.models import AuditEvent
from medicus.lib.ids import new_id
from messaging.models import Group
from tests.messaging.rooms import Room, claim, leave_packages, make_room, unb64


def test_alice_makes_a_group_and_is_its_owner(alice, equipped):
    equipped(alice)
    group_id = str(new_id())
    answer = alice.api.post("/api/v1/groups", {"id": group_id, "kind": "case"})
    assert answer.status_code == 201
    group = answer.json()
    made_at = group.pop("created_at")
    assert made_at.endswith("Z")
    assert group == {
        "id": group_id,
        "kind": "case",
        "epoch": 0,
        "last_seq": 0,
        "first_seq": 1,
        "contact": None,
        "case": {
            "state": "open",
            "organisation": {"id": str(alice.organisation.id), "name": "Hospital A"},
            "opened_at": made_at,
            "closed_at": None,
            "closed_by": "",
            "outcome": "",
            "has_patient": False,
            "may_close": True,
        },
        "retention": {"days": 30, "begins": "closed", "ends_at": None, "holds": [], "expired_seq": 0},
        "marks": [],
        "recorded": [],
        "members": [
            {
                "person_id": str(alice.person.id),
                "name": "Alice Ahrens",
                "function": "Physician",
                "organisation": {"id": str(alice.organisation.id), "name": "Hospital A"},
                "owner": True,
                "is_patient": False,
                "ended": False,
                "left": False,
                "deputy": "",
                "receipts": {"delivered": 0, "seen": 0},
            }
        ],
    }
    assert AuditEvent.objects.filter(event=Event.GROUP_CREATE).count() == 1


def test_a_group_and_its_first_commit_are_made_together(alice, bob, equipped):
    equipped(alice, bob)
    leave_packages(bob)
    package = unb64(claim(alice, bob)["claimed"][0]["key_package"])
    room = Room(leaves={alice.device.id: 0})
    body = {"id": str(room.id), "kind": "direct", "commit": room.commit(alice, adds=[package])}
    group = alice.api.post("/api/v1/groups", body).json()
    assert (group["epoch"], group["last_seq"], len(group["members"])) == (1, 1, 2)
    assert alice.api.post("/api/v1/groups", body).json() == group


def test_a_group_is_not_made_when_its_first_commit_is_refused(alice, equipped):
    equipped(alice)
    room = Room(leaves={alice.device.id: 0})
    commit = room.commit(alice, removes=[7])
    answer = alice.api.post("/api/v1/groups", {"id": str(room.id), "kind": "team", "commit": commit})
    assert (answer.status_code, answer.json()["reason"]) == (400, "no-such-leaf")
    assert not Group.objects.exists()
    assert not AuditEvent.objects.filter(event=Event.GROUP_CREATE).exists()


def test_making_the_same_group_again_changes_nothing(alice, equipped):
    equipped(alice)
    body = {"id": str(new_id()), "kind": "team"}
    first, second = (alice.api.post("/api/v1/groups", body) for _ in range(2))
    assert first.json() == second.json()
    assert Group.objects.count() == 1


def test_the_id_of_somebody_elses_group_is_taken(alice, bob, equipped):
    equipped(alice, bob)
    body = {"id": str(new_id()), "kind": "team"}
    alice.api.post("/api/v1/groups", body)
    answer = bob.api.post("/api/v1/groups", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "id-reused")


def test_without_a_device_nobody_makes_a_group(alice):
    answer = alice.api.post("/api/v1/groups", {"id": str(new_id()), "kind": "team"})
    assert (answer.status_code, answer.json()["code"]) == (409, "device-needed")


def test_nobody_makes_a_group_without_signing_in(client):
    answer = client.post("/api/v1/groups", {"id": str(new_id()), "kind": "team"}, "application/json")
    assert answer.status_code == 401


def test_a_kind_that_does_not_exist_is_refused(alice, equipped):
    equipped(alice)
    answer = alice.api.post("/api/v1/groups", {"id": str(new_id()), "kind": "secret"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["kind"])


def test_each_member_sees_the_group_from_where_they_joined(room: Room, alice, bob):
    of_alice, of_bob = (one.api.get(room.path).json() for one in (alice, bob))
    assert (of_alice["first_seq"], of_bob["first_seq"]) == (1, 2)
    assert of_alice["members"] == of_bob["members"]
    assert [(member["name"], member["owner"]) for member in of_bob["members"]] == [
        ("Alice Ahrens", True),
        ("Anton Albrecht", False),
        ("Bob Becker", True),
    ]
    assert alice.api.get("/api/v1/groups").json() == {"groups": [of_alice]}


def test_to_an_outsider_the_group_does_not_exist(room: Room, charlie, equipped):
    equipped(charlie)
    foreign = charlie.api.get(room.path)
    absent = charlie.api.get(f"/api/v1/groups/{uuid.uuid4()}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content
    assert charlie.api.get("/api/v1/groups").json() == {"groups": []}


def test_whoever_was_removed_no_longer_sees_the_group(room: Room, alice, bob):
    room.remove(alice, bob)
    assert bob.api.get(room.path).status_code == 404
    assert bob.api.get("/api/v1/groups").json() == {"groups": []}


def test_the_number_of_queries_does_not_grow_with_groups(alice, bob, equipped, django_assert_max_num_queries):
    equipped(alice, bob)
    for _ in range(4):
        make_room(alice, bob)
    with django_assert_max_num_queries(12):
        assert len(alice.api.get("/api/v1/groups").json()["groups"]) == 4


def test_the_pages_are_the_same_shell_for_every_person_who_is_signed_in(alice, client):
    for path in ("/conversations/", "/conversations/new/", f"/conversations/{uuid.uuid4()}/"):
        assert client.get(path).status_code == 302
        assert alice.client.get(path).status_code == 200
        assert alice.client.post(path).status_code == 405


def test_a_leaf_reports_a_ghost_and_every_hospital_hears_of_it(room: Room, alice):
    answer = alice.api.post(f"{room.path}/unknown-leaf", {"epoch": 1, "identity": "ghost:device@nowhere"})
    assert answer.status_code == 204
    events = AuditEvent.objects.filter(event=Event.GROUP_UNKNOWN_LEAF)
    assert len({event.organisation_id for event in events}) == 2
    assert not any(b"ghost" in bytes(event.canonical) for event in events)


def test_an_outsider_reports_nothing(room: Room, charlie, equipped):
    equipped(charlie)
    answer = charlie.api.post(f"{room.path}/unknown-leaf", {"epoch": 1, "identity": "ghost"})
    assert answer.status_code == 404
    assert not AuditEvent.objects.filter(event=Event.GROUP_UNKNOWN_LEAF).exists()


def test_a_group_of_250_leaves_is_full(alice, bob, equipped, monkeypatch):
    monkeypatch.setattr("messaging.actions.membership.LEAVES_PER_GROUP", 1)
    equipped(alice, bob)
    leave_packages(bob)
    package = unb64(claim(alice, bob)["claimed"][0]["key_package"])
    room = make_room(alice)
    answer = room.post_commit(alice, adds=[package])
    assert (answer.status_code, answer.json()["reason"]) == (400, "too-many-leaves")


def test_what_a_commit_request_must_look_like(room: Room, alice):
    good = room.commit(alice)
    for bad in ({"commit": "***"}, {"epoch": -1}, {"epoch": 2**63}, {"id": "x"}, {"welcome": 7}):
        answer = alice.api.post(f"{room.path}/commits", good | bad)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
