"""Rooms for tests: groups made through the API with forged MLS bytes, by members of the cast."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from medicus.lib.clock import now
from medicus.lib.ids import new_id
from messaging.access.contacts import strangers
from messaging.models import ContactRequest, Group
from tests.cast import Member, b64
from tests.messaging import forge


def leaf_of(member: Member) -> forge.Leaf:
    return forge.Leaf(member.browser.mls_key, member.mls_identity)


def leave_packages(member: Member, count: int = 1, *, last_resort: bool = False) -> list[bytes]:
    """Put key packages of a member's device into the directory."""
    packages = [forge.key_package(leaf_of(member)) for _ in range(count)]
    last = b64(forge.key_package(leaf_of(member))) if last_resort else None
    answer = member.api.post(
        "/api/v1/key-packages", {"key_packages": [*map(b64, packages)], "last_resort": last}
    )
    assert answer.status_code == 201, answer.json()
    return packages


def acquaint(asker: Member, *members: Member) -> None:
    """Let each of these who is of another hospital have accepted a contact request once."""
    for asked in members:
        places = (asker.person.id, asker.organisation.id), (asked.person.id, asked.organisation.id)
        if strangers(places[0], [places[1]]):
            group = Group.objects.create(
                id=new_id(), kind="direct", created_by=asker.person, created_at=now()
            )
            ContactRequest.objects.create(
                group=group,
                requester=asker.person,
                requester_organisation=asker.organisation,
                recipient=asked.person,
                recipient_organisation=asked.organisation,
                state="accepted",
                made_at=now(),
                expires_at=now(),
                decided_at=now(),
            )


def claim(by: Member, *members: Member, acquainted: bool = True) -> dict[str, Any]:
    """Claim key packages, of people whom `by` is in contact with unless the test says otherwise."""
    if acquainted:
        acquaint(by, *members)
    person_ids = [str(member.person.id) for member in members]
    answer = by.api.post("/api/v1/key-packages/claim", {"person_ids": person_ids})
    assert answer.status_code == 200, answer.json()
    claimed: dict[str, Any] = answer.json()
    return claimed


@dataclass
class Room:
    """A group as its members know it."""

    id: uuid.UUID = field(default_factory=new_id)
    epoch: int = 0
    leaves: dict[uuid.UUID, int] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/v1/groups/{self.id}"

    def leaf_index(self, member: Member) -> int:
        assert member.device
        return self.leaves[member.device.id]

    def commit(
        self,
        by: Member,
        *,
        adds: list[bytes] | None = None,
        removes: list[int] | None = None,
        epoch: int | None = None,
        **changes: Any,
    ) -> dict[str, Any]:
        """The body of a commit request. changes: anything in it, or `content`, `sender_leaf`, `path_by`."""
        epoch = self.epoch if epoch is None else epoch
        adds = adds or []
        proposals = [forge.remove(index) for index in removes or []] + [
            forge.add(package) for package in adds
        ]
        content = changes.pop("content", None)
        if content is None:
            sender_leaf = changes.pop("sender_leaf") if "sender_leaf" in changes else self.leaf_index(by)
            path_by = changes.pop("path_by") if "path_by" in changes else leaf_of(by)
            content = forge.commit(self.id, epoch, sender_leaf, proposals, path_by=path_by)
        welcome = b64(forge.welcome(adds)) if adds else None
        return {"id": str(new_id()), "epoch": epoch, "commit": b64(content), "welcome": welcome} | changes

    def post_commit(self, by: Member, **parts: Any) -> Any:
        return by.api.post(f"{self.path}/commits", self.commit(by, **parts))

    def add(self, by: Member, *members: Member, acquainted: bool = True) -> None:
        """Add members' devices, each with a fresh key package."""
        packages = []
        for member in members:
            leave_packages(member)
        for claimed in claim(by, *members, acquainted=acquainted)["claimed"]:
            packages.append(unb64(claimed["key_package"]))
            taken = set(self.leaves.values())
            self.leaves[uuid.UUID(claimed["device_id"])] = min(set(range(250)) - taken)
        answer = self.post_commit(by, adds=packages)
        assert answer.status_code == 201, answer.json()
        self.epoch += 1

    def remove(self, by: Member, *members: Member) -> None:
        answer = self.post_commit(by, removes=[self.leaf_index(member) for member in members])
        assert answer.status_code == 201, answer.json()
        for member in members:
            assert member.device
            del self.leaves[member.device.id]
        self.epoch += 1

    def message(self, *, epoch: int | None = None, **changes: Any) -> dict[str, Any]:
        """The body of a message request."""
        epoch = self.epoch if epoch is None else epoch
        body = changes.pop("content", None) or forge.application(self.id, epoch)
        return {"id": str(new_id()), "epoch": epoch, "body": b64(body)} | changes

    def post(self, by: Member, **parts: Any) -> Any:
        return by.api.post(f"{self.path}/messages", self.message(**parts))

    def entries(self, by: Member, since: int = 0, limit: int = 1000) -> Any:
        return by.api.get(f"{self.path}/entries?since={since}&limit={limit}")


def make_room(owner: Member, *members: Member, kind: str = "team", acquainted: bool = True) -> Room:
    """A group of people of the cast, each with the device it holds."""
    assert owner.device
    room = Room(leaves={owner.device.id: 0})
    answer = owner.api.post("/api/v1/groups", {"id": str(room.id), "kind": kind})
    assert answer.status_code == 201, answer.json()
    if members:
        room.add(owner, *members, acquainted=acquainted)
    return room


def unb64(text: str) -> bytes:
    import base64

    return base64.b64decode(text)
