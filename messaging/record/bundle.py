"""Messages of a case as a FHIR R4 document (https://hl7.org/fhir/R4/documents.html), as the browser makes and signs it.

    Bundle.type `document`, in canonical form (RFC 8785)
      Composition       of the case's patient, by who takes it into the record; one section with the messages
      Patient, Organization, Practitioner, PractitionerRole
      Communication     a message as it stands: `completed`, or `entered-in-error` where its author has recalled it;
                        sent by a PractitionerRole, or in a patient case by the Patient
      DocumentReference a file that the findings have already; its SHA-256 as a name (RFC 6920)
      Provenance        who has put it together, with which device

What is signed is the bundle without `signature`. The stored one has it: a JWS in `Bundle.signature.data`, the place that
FHIR has for the signature of a whole document. Who removes it and writes the rest canonically has what was signed.
"""

import base64
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import category

import orjson
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from medicus.lib.errors import Invalid
from messaging.record.members import check_members, references

URN = "urn:uuid:"
HASH = "ni:///sha-256;"
DIGEST_BYTES = 32
TITLES = frozenset({"Nachrichten", "Messages"})
EDITED = frozenset({"Bearbeitet", "Edited"})
LINE_BREAKS = "\t\n\r"
SIGNATURE_TYPE = {
    "system": "urn:iso-astm:E1762-95:2013",
    "code": "1.2.840.10065.1.12.1.5",
    "display": "Verification Signature",
}
CANONICAL = "application/fhir+json;canonicalization=http://hl7.org/fhir/canonicalization/json#document"

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Author:
    """Who has written something, and where they work, as the document says. `is_patient`: it is the patient of the
    record, by its number and name there, and the hospital is the one that keeps it."""

    person_id: uuid.UUID
    name: str
    organisation_id: uuid.UUID
    organisation_name: str
    is_patient: bool = False


@dataclass(frozen=True, slots=True)
class RecordPatient:
    """Whose record it is, as the document says. born_on: as FHIR writes a day."""

    patient_id: uuid.UUID
    organisation_id: uuid.UUID
    organisation_name: str
    family_name: str
    given_name: str
    born_on: str
    identifier: str

    @property
    def author(self) -> Author:
        """Of what the patient has written."""
        name = f"{self.given_name} {self.family_name}"
        return Author(self.patient_id, name, self.organisation_id, self.organisation_name, is_patient=True)


@dataclass(frozen=True, slots=True)
class RecordFile:
    """A file of a message, by the number it has in the findings."""

    finding_id: uuid.UUID
    name: str
    size_bytes: int
    sha256: bytes


@dataclass(frozen=True, slots=True)
class RecordMessage:
    """A message as it stood when it was taken into the record. `text`: empty where there is none, or it was recalled."""

    message_id: uuid.UUID
    author: Author
    sent_at: datetime
    text: str
    edited_at: datetime | None
    recalled: bool
    file: RecordFile | None


@dataclass(frozen=True, slots=True)
class RecordBundle:
    """A document as it was signed. `content`: its bytes, over which the signature goes."""

    content: bytes
    title: str
    signed_at: datetime
    group_id: uuid.UUID
    patient: RecordPatient
    author: Author
    device_id: uuid.UUID
    messages: tuple[RecordMessage, ...]

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.content).digest()

    @property
    def files(self) -> tuple[RecordFile, ...]:
        return tuple(message.file for message in self.messages if message.file)


def read_bundle(text: str) -> RecordBundle:
    """Read a document.

    Raises:
        Invalid: not canonical, no such document, or one with something in it that this service does not make.
    """
    content = text.encode("utf-8", "surrogatepass")
    try:
        bundle = orjson.loads(content)
        check_members(bundle)
        _demand(orjson.dumps(bundle, option=orjson.OPT_SORT_KEYS) == content)
        return _Reader(bundle).read(content)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise Invalid(
            errors={"bundle": _("This is not a document of messages that can be taken in.")}
        ) from None


def with_signature(content: bytes, signature: str, *, at: datetime) -> bytes:
    """The document as it is stored: with the signature, in canonical form.

    at: when this service has checked it. The time that the device has signed stands in the document itself."""
    bundle = orjson.loads(content)
    bundle["signature"] = {
        "type": [SIGNATURE_TYPE],
        "when": at.isoformat(timespec="milliseconds"),
        "who": bundle["entry"][0]["resource"]["author"][0],
        "targetFormat": CANONICAL,
        "sigFormat": "application/jose",
        "data": base64.b64encode(signature.encode()).decode(),
    }
    return orjson.dumps(bundle, option=orjson.OPT_SORT_KEYS)


class _Reader:
    """Reads one bundle; whatever is missing or odd raises one of the errors that `read_bundle` knows."""

    def __init__(self, bundle: Resource) -> None:
        _demand((bundle["resourceType"], bundle["type"]) == ("Bundle", "document"))
        self.bundle = bundle
        self.resources: dict[str, Resource] = {}
        self.author_of_patient: dict[str, Author] = {}
        for entry in bundle["entry"]:
            resource = entry["resource"]
            _demand(entry["fullUrl"] not in self.resources and entry["fullUrl"] == URN + resource["id"])
            self.resources[entry["fullUrl"]] = resource

    def read(self, content: bytes) -> RecordBundle:
        composition = self.bundle["entry"][0]["resource"]
        _demand(composition["resourceType"] == "Composition" and composition["status"] == "final")
        (section,), (author,), (event,) = (composition[name] for name in ("section", "author", "event"))
        (detail,) = event["detail"]
        patient = self._patient(composition)
        self.author_of_patient = {_subject(composition): patient.author}
        messages = tuple(map(self._message, section["entry"]))
        _demand(bool(messages) and len({each.message_id for each in messages}) == len(messages))
        _demand(section["title"] in TITLES)
        self._check_whole(composition, len(messages))
        return RecordBundle(
            content=content,
            title=_text(composition["title"]),
            signed_at=_instant(self.bundle["timestamp"]),
            group_id=_urn(detail["identifier"]["value"]),
            patient=patient,
            author=self._author(author),
            device_id=self._device(composition),
            messages=messages,
        )

    def _check_whole(self, composition: Resource, messages: int) -> None:
        """One patient and one time for all, and nothing that nothing refers to."""
        _demand(len(self._all("Composition")) == len(self._all("Patient")) == 1)
        _demand(len(self._all("Communication")) == messages)
        told = self.resources.values()
        _demand(
            {each["subject"]["reference"] for each in told if "subject" in each} == {_subject(composition)}
        )
        _demand(composition["date"] == self.bundle["timestamp"])
        referred = {reference for each in told for reference in references(each)}
        roots = {URN + each["id"] for each in (composition, *self._all("Provenance"))}
        _demand(referred | roots == set(self.resources))
        files = [
            part["contentReference"]["reference"]
            for each in self._all("Communication")
            for part in each.get("payload", [])
            if "contentReference" in part
        ]
        _demand(len(files) == len(set(files)) == len(self._all("DocumentReference")))

    def _patient(self, composition: Resource) -> RecordPatient:
        patient = self._named(composition["subject"], "Patient")
        (identifier,), (name,) = patient["identifier"], patient["name"]
        (given,) = name["given"]
        hospital = self._named(patient["managingOrganization"], "Organization")
        _demand(identifier["assigner"] == composition["custodian"] == patient["managingOrganization"])
        return RecordPatient(
            patient_id=_urn(patient["id"], prefix=""),
            organisation_id=_urn(hospital["id"], prefix=""),
            organisation_name=hospital["name"],
            family_name=name["family"],
            given_name=given,
            born_on=patient["birthDate"],
            identifier=identifier["value"],
        )

    def _message(self, reference: Resource) -> RecordMessage:
        communication = self._named(reference, "Communication")
        recalled = communication["status"] == "entered-in-error"
        _demand(recalled or communication["status"] == "completed")
        payload: Sequence[Resource] = communication.get("payload", [])
        _demand(bool(payload) != recalled)
        texts = [_text(part["contentString"], LINE_BREAKS) for part in payload if "contentString" in part]
        files = [
            self._file(part["contentReference"], communication)
            for part in payload
            if "contentReference" in part
        ]
        _demand(len(texts) <= 1 and len(files) <= 1 and len(texts) + len(files) == len(payload))
        notes = communication.get("note", [])
        _demand(len(notes) <= 1 and not (notes and recalled))
        _demand(all(note["text"] in EDITED for note in notes))
        for answered in communication.get("inResponseTo", []):
            self._named(answered, "Communication")
        return RecordMessage(
            message_id=_urn(communication["id"], prefix=""),
            author=self._sender(communication["sender"]),
            sent_at=_instant(communication["sent"]),
            text=texts[0] if texts else "",
            edited_at=_instant(notes[0]["time"]) if notes else None,
            recalled=recalled,
            file=files[0] if files else None,
        )

    def _file(self, reference: Resource, communication: Resource) -> RecordFile:
        document = self._named(reference, "DocumentReference")
        (content,) = document["content"]
        _demand(document["author"] == [communication["sender"]])
        _demand(document["date"] == communication["sent"])
        _demand(content["attachment"]["url"] == reference["reference"])
        name = document["masterIdentifier"]["value"]
        _demand(name.startswith(HASH))
        digest = base64.urlsafe_b64decode(name.removeprefix(HASH) + "=")
        size_bytes = content["attachment"]["size"]
        _demand(len(digest) == DIGEST_BYTES and type(size_bytes) is int)
        return RecordFile(
            finding_id=_urn(content["attachment"]["url"]),
            name=_text(content["attachment"]["title"]),
            size_bytes=size_bytes,
            sha256=digest,
        )

    def _sender(self, reference: Resource) -> Author:
        return self.author_of_patient.get(reference["reference"]) or self._author(reference)

    def _author(self, reference: Resource) -> Author:
        role = self._named(reference, "PractitionerRole")
        person = self._named(role["practitioner"], "Practitioner")
        organisation = self._named(role["organization"], "Organization")
        _demand(len(person["name"]) == 1)
        return Author(
            person_id=_urn(person["id"], prefix=""),
            name=_text(person["name"][0]["text"]),
            organisation_id=_urn(organisation["id"], prefix=""),
            organisation_name=_text(organisation["name"]),
        )

    def _device(self, composition: Resource) -> uuid.UUID:
        (provenance,) = self._all("Provenance")
        _demand(provenance["target"] == [{"reference": URN + composition["id"]}])
        _demand(provenance["recorded"] == self.bundle["timestamp"])
        author, device = provenance["agent"]
        _demand(author["who"] == composition["author"][0])
        return _urn(device["who"]["identifier"]["value"])

    def _named(self, reference: Resource, kind: str) -> Resource:
        found = self.resources[reference["reference"]]
        _demand(found["resourceType"] == kind)
        return found

    def _all(self, kind: str) -> list[Resource]:
        return [each for each in self.resources.values() if each["resourceType"] == kind]


def _demand(holds: bool) -> None:  # noqa: FBT001 - reads like an assertion, and stays under -O
    if not holds:
        raise ValueError("not a document of ours")


def _subject(resource: Resource) -> str:
    reference: str = resource["subject"]["reference"]
    return reference


def _text(value: object, breaks: str = "") -> str:
    """A text with something in it. breaks: the control characters that it may have."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError("no text")
    _demand(not any(category(char) == "Cc" and char not in breaks for char in value))
    return value


def _instant(value: str) -> datetime:
    found = parse_datetime(value)
    if found is None or found.tzinfo is None:
        raise ValueError("no instant")
    return found


def _urn(value: str, *, prefix: str = URN) -> uuid.UUID:
    found = uuid.UUID(value.removeprefix(prefix))
    _demand(f"{prefix}{found}" == value)
    return found
