"""The members that a document of messages has, as web/src/record/bundle.ts writes them: a closed list. What it does not
name a viewer of FHIR might show, though nobody here has checked it (`text`, `contained`, `extension`)."""

from collections.abc import Iterator, Mapping
from typing import Any

REFERENCE = {"reference": None}
IDENTIFIER = {"system": None, "value": None}
CODING = {"system": None, "code": None, "display": None}
COMMON = {"resourceType": None, "id": None}

RESOURCES: Mapping[str, Mapping[str, Any]] = {
    "Composition": COMMON
    | {
        "language": None,
        "status": None,
        "type": {"coding": [CODING]},
        "subject": REFERENCE,
        "event": [{"detail": [{"identifier": IDENTIFIER}]}],
        "date": None,
        "author": [REFERENCE],
        "title": None,
        "custodian": REFERENCE,
        "section": [{"title": None, "entry": [REFERENCE]}],
    },
    "Patient": COMMON
    | {
        "identifier": [{"value": None, "assigner": REFERENCE}],
        "name": [{"use": None, "family": None, "given": [None]}],
        "birthDate": None,
        "managingOrganization": REFERENCE,
    },
    "Organization": COMMON | {"name": None},
    "Practitioner": COMMON | {"name": [{"text": None}]},
    "PractitionerRole": COMMON | {"practitioner": REFERENCE, "organization": REFERENCE},
    "Communication": COMMON
    | {
        "identifier": [IDENTIFIER],
        "inResponseTo": [REFERENCE],
        "status": None,
        "subject": REFERENCE,
        "sent": None,
        "sender": REFERENCE,
        "payload": [{"contentString": None, "contentReference": REFERENCE}],
        "note": [{"time": None, "text": None}],
    },
    "DocumentReference": COMMON
    | {
        "masterIdentifier": IDENTIFIER,
        "status": None,
        "subject": REFERENCE,
        "date": None,
        "author": [REFERENCE],
        "content": [{"attachment": {"contentType": None, "url": None, "size": None, "title": None}}],
    },
    "Provenance": COMMON
    | {
        "target": [REFERENCE],
        "recorded": None,
        "agent": [
            {
                "type": {"coding": [CODING]},
                "who": REFERENCE | {"type": None, "identifier": IDENTIFIER},
            }
        ],
    },
}
BUNDLE = {
    "resourceType": None,
    "identifier": IDENTIFIER,
    "language": None,
    "type": None,
    "timestamp": None,
}


def check_members(bundle: Mapping[str, Any]) -> None:
    """Find nothing but texts and whole numbers under these names. Numbers with a fraction have more than one way to be
    written, and the library does not write them as RFC 8785 does.

    Raises:
        KeyError, TypeError, ValueError: there is something else.
    """
    if set(bundle) != {*BUNDLE, "entry"}:
        raise ValueError("other members than a document has")
    _check({name: value for name, value in bundle.items() if name != "entry"}, BUNDLE)
    for entry in bundle["entry"]:
        if set(entry) != {"fullUrl", "resource"}:
            raise ValueError("an entry with something else in it")
        _check(entry["resource"], RESOURCES[entry["resource"]["resourceType"]])


def references(value: object) -> Iterator[str]:
    """Every reference within a resource whose members were checked."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            if name == "reference":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def _check(value: object, shape: object) -> None:
    if isinstance(shape, Mapping):
        if not isinstance(value, Mapping) or not set(value) <= set(shape):
            raise ValueError("unknown members")
        for name, inner in value.items():
            _check(inner, shape[name])
    elif isinstance(shape, list):
        if not isinstance(value, list):
            raise TypeError("no list")
        for inner in value:
            _check(inner, shape[0])
    elif isinstance(value, bool) or not isinstance(value, str | int):
        raise TypeError("no text and no whole number")
