"""Real members of real groups: OpenMLS (through `gbp-stack`), talking to the server as browsers do."""

import uuid
from typing import Any

from gbp_stack import MlsContext

from identity.actions import certify_identity_key, register_device
from identity.device_certificate import THUMBPRINT_URI
from identity.thumbprint import ed25519_thumbprint
from medicus.lib.ids import new_id
from messaging.envelope import parse_key_package
from tests.cast import Member, b64
from tests.messaging.openmls_state import Epoch, epoch_of, speaking_in_public
from tests.messaging.rooms import acquaint


class Browser:
    """One device of one member, with an engine of its own. Everything goes through the member's API."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.device_id = new_id()
        self.identity = f"{member.person.id}:{self.device_id.hex[16:]}@{member.organisation.domain}"
        self.mls = MlsContext.create(self.identity)
        self.key_package = self.mls.export_key_package()
        self._register(self.device_id)
        self.generation = 0
        self.since = 0
        self.texts: list[str] = []
        self.epoch: Epoch

    def leave_key_package(self) -> None:
        answer = self.member.api.post("/api/v1/key-packages", {"key_packages": [b64(self.key_package)]})
        assert answer.status_code == 201, answer.json()

    def create(self) -> uuid.UUID:
        self._speak_in_public()
        self.group_id = uuid.UUID(bytes=self.mls.group_id)
        answer = self.member.api.post("/api/v1/groups", {"id": str(self.group_id), "kind": "team"})
        assert answer.status_code == 201, answer.json()
        return self.group_id

    def add(self, member: Member) -> Any:
        return self.bring_in(self.claim(member))

    def claim(self, member: Member) -> bytes:
        """Claim the one key package that a member has left."""
        acquaint(self.member, member)
        answer = self.member.api.post("/api/v1/key-packages/claim", {"person_ids": [str(member.person.id)]})
        (claimed,) = answer.json()["claimed"]
        return _unb64(claimed["key_package"])

    def bring_in(self, key_package: bytes) -> Any:
        return self._commit(*self.mls.invite_full(key_package))

    def remove(self, leaf_index: int) -> Any:
        return self._commit(self.mls.remove_member(leaf_index), None)

    def join(self) -> None:
        (welcome,) = self.member.api.get("/api/v1/welcomes").json()["welcomes"]
        self.mls.accept_welcome(_unb64(welcome["welcome"]))
        self.group_id, self.since = uuid.UUID(welcome["group_id"]), welcome["seq"]
        self._speak_in_public()
        assert self.mls.epoch == welcome["epoch"]
        assert self.member.api.delete(f"/api/v1/welcomes/{welcome['id']}").status_code == 204

    def send(self, text: str) -> Any:
        body = self.epoch.encrypt(text.encode(), self.generation)
        self.generation += 1
        return self.member.api.post(
            f"/api/v1/groups/{self.group_id}/messages",
            {"id": str(new_id()), "epoch": self.epoch.number, "body": b64(body)},
        )

    def catch_up(self) -> None:
        """Process whatever is new in the stream."""
        answer = self.member.api.get(f"/api/v1/groups/{self.group_id}/entries?since={self.since}")
        assert answer.status_code == 200, answer.json()
        for entry in answer.json()["entries"]:
            assert entry["seq"] == self.since + 1
            self.since = entry["seq"]
            if entry["sender_device"] != str(self.device_id):
                self.process(entry)

    def process(self, entry: dict[str, Any]) -> None:
        body = _unb64(entry["body"])
        if entry["kind"] == "commit":
            assert self.mls.process_message(body) == "commit"
            self.mls.finalize_commit()
            self._remember_epoch()
        else:
            text = self.epoch.decrypt(body)
            assert self.mls.process_message(body) == "application"
            self.texts.append(text.decode())

    def _commit(self, commit: bytes, welcome: bytes | None) -> Any:
        answer = self.member.api.post(
            f"/api/v1/groups/{self.group_id}/commits",
            {
                "id": str(new_id()),
                "epoch": self.mls.epoch,
                "commit": b64(commit),
                "welcome": b64(welcome) if welcome else None,
            },
        )
        if answer.status_code == 201:
            self.mls.finalize_commit()
            self._remember_epoch()
        else:
            self.mls.clear_pending_commit()
        return answer

    def _register(self, device_id: uuid.UUID) -> None:
        """Certify the engine's signature key as a device of the member, and attach it to their session."""
        member = self.member
        certify_identity_key(by=member.actor, request_der=member.browser.request())
        thumbprint = ed25519_thumbprint(parse_key_package(self.key_package).leaf.signature_key)
        certificate = member.browser.device_certificate(
            device_id=device_id,
            person_id=member.person.id,
            domain=member.organisation.domain,
            uris=[THUMBPRINT_URI + thumbprint],
        )
        session = member.session()
        member.device = register_device(
            by=member.actor, session=session, device_id=device_id, name="OpenMLS", certificate_der=certificate
        )
        session.save()

    def _speak_in_public(self) -> None:
        self.mls = speaking_in_public(self.mls, self.identity)
        self._remember_epoch()

    def _remember_epoch(self) -> None:
        self.epoch = epoch_of(self.mls)
        self.generation = 0


def _unb64(text: str) -> bytes:
    import base64

    return base64.b64decode(text)
