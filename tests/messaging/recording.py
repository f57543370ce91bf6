"""Documents of messages as a browser makes and signs them, for the tests: written by hand from the FHIR pages, and by an
independent implementation of RFC 8785 and RFC 7515."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import rfc8785
from joserfc import jws
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64encode

from identity import pki
from identity.access import chain_of
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from messaging.models import Entry
from storage.access import PatientCard
from storage.models import Finding
from tests.cast import Member
from tests.messaging.rooms import Room
from tests.storage.folders import examine, folder_of, receive

URI = "urn:ietf:rfc:3986"


@dataclass
class Paper:
    """A document of messages. Each part can be changed before it is signed."""

    by: Member
    room: Room
    patient: PatientCard
    messages: list[str]
    files: dict[str, tuple[Finding, bytes]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    of_patient: set[str] = field(default_factory=set)
    """Messages that the document says the patient has written."""
    about: dict[str, Any] = field(default_factory=dict)
    forged: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By resource type: what stands there instead."""

    def body(self) -> dict[str, Any]:
        author = self._role(self.by)
        roles = {str(author["id"]): author}
        parts: list[dict[str, Any]] = []
        for message_id in self.messages:
            parts += self._message(message_id, str(author["id"]), roles)
        composition = self._composition(str(author["id"]))
        people = [resource for role in roles.values() for resource in (*role.pop("around"), role)]
        seen = {resource["id"]: resource for resource in [composition, self._patient(), *people, *parts]}
        at = str(composition["date"])
        resources = [*seen.values(), self._provenance(str(composition["id"]), str(author["id"]), at)]
        for resource in resources:
            resource.update(self.forged.get(str(resource["resourceType"]), {}))
        return {
            "resourceType": "Bundle",
            "language": "en",
            "identifier": {"system": URI, "value": f"urn:uuid:{new_id()}"},
            "type": "document",
            "timestamp": at,
            "entry": [{"fullUrl": f"urn:uuid:{each['id']}", "resource": each} for each in resources],
        }

    def _composition(self, author: str) -> dict[str, Any]:
        group = str(self.about.get("group", self.room.id))
        return {
            "resourceType": "Composition",
            "id": str(new_id()),
            "status": "final",
            "type": {"coding": [{"system": "http://loinc.org", "code": "11488-4"}]},
            "subject": _to(self.patient.patient_id),
            "event": [{"detail": [{"identifier": {"system": URI, "value": f"urn:uuid:{group}"}}]}],
            "date": now().isoformat(timespec="milliseconds"),
            "author": [_to(author)],
            "custodian": _to(self.patient.organisation_id),
            "title": "Coarctation",
            "section": [{"title": "Messages", "entry": [_to(each) for each in self.messages]}],
        }

    def _patient(self) -> dict[str, Any]:
        return {
            "resourceType": "Patient",
            "id": str(self.patient.patient_id),
            "identifier": [{"value": self.patient.identifier, "assigner": _to(self.patient.organisation_id)}],
            "name": [{"family": self.patient.family_name, "given": [self.patient.given_name]}],
            "birthDate": self.patient.born_on.isoformat(),
            "managingOrganization": _to(self.patient.organisation_id),
        }

    def _role(self, member: Member) -> dict[str, Any]:
        person = {
            "resourceType": "Practitioner",
            "id": str(member.person.id),
            "name": [{"text": member.person.name}],
        }
        organisation = {
            "resourceType": "Organization",
            "id": str(member.organisation.id),
            "name": member.organisation.name,
        }
        return {
            "resourceType": "PractitionerRole",
            "id": str(new_id()),
            "practitioner": _to(member.person.id),
            "organization": _to(member.organisation.id),
            "around": [person, organisation],
        }

    def _message(self, message_id: str, author: str, roles: dict[str, Any]) -> list[dict[str, Any]]:
        sender = self.about.get("sender")
        if message_id in self.of_patient:
            author = str(self.patient.patient_id)
        elif sender:
            role = self._role(sender)
            roles[str(role["id"])] = role
            author = str(role["id"])
        text = self.texts.get(message_id, f"About {message_id}")
        payload: list[dict[str, Any]] = [{"contentString": text}] if text else []
        files = []
        if message_id in self.files:
            finding, content = self.files[message_id]
            payload.append({"contentReference": _to(finding.pk)})
            files.append(
                self._document(finding.pk, content)
                | {
                    "subject": _to(self.patient.patient_id),
                    "date": self._sent(message_id),
                    "author": [_to(author)],
                }
            )
        communication = {
            "resourceType": "Communication",
            "id": message_id,
            "status": "completed",
            "subject": _to(self.patient.patient_id),
            "sent": self._sent(message_id),
            "sender": _to(author),
            "payload": payload,
        }
        return [communication, *files]

    def _sent(self, message_id: str) -> str:
        entry = Entry.objects.filter(message_id=message_id).first()
        assert entry
        return entry.at.isoformat(timespec="milliseconds")

    def _document(self, finding_id: UUID, content: bytes) -> dict[str, Any]:
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        attachment = {
            "contentType": "application/pdf",
            "url": f"urn:uuid:{finding_id}",
            "size": len(content),
            "title": "Echo.pdf",
        }
        return {
            "resourceType": "DocumentReference",
            "id": str(finding_id),
            "masterIdentifier": {"system": URI, "value": f"ni:///sha-256;{digest}"},
            "status": "current",
            "content": [{"attachment": attachment}],
        }

    def _provenance(self, composition: str, author: str, at: str) -> dict[str, Any]:
        device_id = self.about.get("device", self.by.device and self.by.device.id)
        return {
            "resourceType": "Provenance",
            "id": str(new_id()),
            "target": [_to(composition)],
            "recorded": at,
            "agent": [
                {"who": _to(author)},
                {"who": {"identifier": {"system": URI, "value": f"urn:uuid:{device_id}"}}},
            ],
        }

    def signed(self, **body: Any) -> dict[str, str]:
        """What is posted. body: members of the bundle that are replaced before it is signed."""
        text = rfc8785.dumps(self.body() | body)
        return {"bundle": text.decode(), "signature": sign(self.by, text)}


def sign(by: Member, content: bytes, *, chain: list[bytes] | None = None, key: Any = None) -> str:
    """A detached JWS by the device of a member."""
    assert by.device
    by.device.refresh_from_db()
    certificates = chain if chain is not None else chain_of(by.device)
    header = {"alg": "ES256", "x5c": [base64.b64encode(each).decode() for each in certificates]}
    private = ECKey.import_key(pki.key_to_pem(key or by.browser.device_key))
    whole = jws.serialize_compact(header, content, private, algorithms=["ES256"])
    protected, _payload, signature = whole.split(".")
    assert _payload == urlsafe_b64encode(content).decode()
    return f"{protected}..{signature}"


def _to(identifier: object) -> dict[str, str]:
    return {"reference": f"urn:uuid:{identifier}"}


def written(room: Room, by: Member) -> str:
    """A message of a member; returns its id."""
    answer = room.post(by)
    assert answer.status_code == 201, answer.json()
    return str(Entry.objects.filter(group=room.id).latest("seq").message_id)


def marked(room: Room, by: Member, *message_ids: str) -> None:
    for message_id in message_ids:
        assert by.api.post(f"{room.path}/marks", {"message_id": message_id}).status_code == 200


def paper(by: Member, room: Room, count: int = 2) -> Paper:
    """A document of so many messages of the member, in a case that names a record and has them marked."""
    patient = folder_of(by)
    answer = by.api.post(f"{room.path}/case/record", {"patient_id": str(patient.patient_id)})
    assert answer.status_code == 200, answer.json()
    messages = [written(room, by) for _each in range(count)]
    marked(room, by, *messages)
    return Paper(by, room, patient, messages)


def filed(by: Member, patient: PatientCard, content: bytes, media_type: str = "application/pdf") -> Finding:
    """A document in a folder, examined."""
    finding = receive(by, patient, content, name="Echo.pdf", media_type=media_type)
    examine(finding)
    return finding
