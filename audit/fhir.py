"""An event as a FHIR R4 AuditEvent, in the pattern of IHE BALP.

agents: the person or the system with an API key (requestor) and their organisation; and the service, as the server
that did it.
entities: the patient (role Patient), what it was done to, and the details as name and value.
BALP's client agent with its network address is left out, and so is the claim of its profile: the log knows no
addresses. People whose salt was erased have a name, "erased", and no identifier.
https://hl7.org/fhir/R4/auditevent.html
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson

from audit.access import ActingKey, EventRow, Someone
from audit.entries import instant_text
from audit.fhir_codes import DCM, Coding, meaning_of

MEDIA_TYPE, NDJSON = "application/fhir+json", "application/fhir+ndjson"
ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ENTITY_ROLE = "http://terminology.hl7.org/CodeSystem/object-role"
SOURCE_TYPE = "http://terminology.hl7.org/CodeSystem/security-source-type"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
ROLE_CLASS = "http://terminology.hl7.org/CodeSystem/v3-RoleClass"
ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"

Resource = dict[str, Any]

_PERSON_TYPE: Coding = {"system": ENTITY_TYPE, "code": "1", "display": "Person"}
_OBJECT_TYPE: Coding = {"system": ENTITY_TYPE, "code": "2", "display": "System Object"}
_ORGANISATION_TYPE: Coding = {"system": ENTITY_TYPE, "code": "3", "display": "Organization"}
_PATIENT_ROLE: Coding = {"system": ENTITY_ROLE, "code": "1", "display": "Patient"}
_DOMAIN_ROLE: Coding = {"system": ENTITY_ROLE, "code": "4", "display": "Domain Resource"}
_USER_ROLE: Coding = {"system": ENTITY_ROLE, "code": "11", "display": "Security User Entity"}
_QUERY_ROLE: Coding = {"system": ENTITY_ROLE, "code": "24", "display": "Query"}
_OF_USERS = frozenset({"person", "device", "identity-key"})
_PURPOSES = {
    "treatment": ("TREAT", "treatment"),
    "second-opinion": ("TREAT", "treatment"),
    "co-treatment": ("TREAT", "treatment"),
    "transfer": ("TREAT", "treatment"),
    "tumour-board": ("CAREMGT", "care management"),
    "emergency": ("ETREAT", "Emergency Treatment"),
    "emergency-access": ("BTG", "break the glass"),
}


def audit_event(row: EventRow, *, origin: str) -> Resource:
    """Render an event. origin: the address of the service, which its own identifiers begin with."""
    meaning = meaning_of(row.event)
    resource = {
        "resourceType": "AuditEvent",
        "id": str(row.event_id),
        "type": meaning.type,
        "subtype": [meaning.subtype, _own(origin, "event", row.event, row.label)],
        "action": meaning.action.value,
        "recorded": instant_text(row.at),
        "outcome": meaning.outcome.value,
        "purposeOfEvent": _purpose(row.purpose, origin),
        "agent": _agents(row, origin),
        "source": {
            "observer": {"display": f"{origin}/audit"},
            "type": [{"system": SOURCE_TYPE, "code": "4", "display": "Application Server"}],
        },
        "entity": _entities(row, origin),
    }
    return {name: value for name, value in resource.items() if value}


def bundle(resources: Sequence[Resource], *, links: dict[str, str]) -> Resource:
    """A page of a search. links: addresses by relation ("self", "next")."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": relation, "url": url} for relation, url in links.items()],
        "entry": [
            {"fullUrl": f"urn:uuid:{one['id']}", "resource": one, "search": {"mode": "match"}}
            for one in resources
        ],
    }


def _agents(row: EventRow, origin: str) -> list[Resource]:
    service = {
        "type": _concept({"system": DCM, "code": "110152", "display": "Destination Role ID"}),
        "who": {"display": origin},
        "requestor": row.actor is None and row.api_key is None,
    }
    if row.api_key is not None:
        return [_system(row.api_key, origin), *_organisation_of(row, origin), service]
    if row.actor is None:
        return [service]
    user: Resource = {
        "type": _concept({"system": PARTICIPATION, "code": "IRCP", "display": "information recipient"}),
        "who": _someone(row.actor, "person", origin),
        "requestor": True,
    }
    if row.roles:
        user["role"] = [_concept(_own(origin, "role", role)) for role in row.roles]
    return [user, *_organisation_of(row, origin), service]


def _system(key: ActingKey, origin: str) -> Resource:
    named = {"display": key.name} if key.name else {}
    return {
        "type": _concept({"system": DCM, "code": "110153", "display": "Source Role ID"}),
        "who": {"identifier": _identifier(origin, "api-key", str(key.id))} | named,
        "requestor": True,
    }


def _organisation_of(row: EventRow, origin: str) -> list[Resource]:
    if not row.actor_organisation_id:
        return []
    identifier = _identifier(origin, "organisation", row.actor_organisation_id)
    provider = {"system": ROLE_CLASS, "code": "PROV", "display": "healthcare provider"}
    return [{"type": _concept(provider), "who": {"identifier": identifier}, "requestor": False}]


def _entities(row: EventRow, origin: str) -> list[Resource]:
    entities: list[Resource] = []
    if row.patient:
        what = _someone(row.patient, "patient", origin)
        entities.append({"what": what, "type": _PERSON_TYPE, "role": _PATIENT_ROLE})
    if row.kind and not (row.kind == "patient" and row.patient):
        entities.append(_subject(row, origin))
    details = [{"type": name, "valueString": str(value)} for name, value in row.details.items()]
    if details and not entities:
        entities.append({"name": row.label, "type": _OBJECT_TYPE, "role": _QUERY_ROLE})
    if details:
        entities[-1]["detail"] = details
    return entities


def _subject(row: EventRow, origin: str) -> Resource:
    kind, person = row.kind, row.subject_person
    what = (
        _someone(person, kind, origin) if person else {"identifier": _identifier(origin, kind, row.subject)}
    )
    return {
        "what": what,
        "type": _PERSON_TYPE if person else _ORGANISATION_TYPE if kind == "organisation" else _OBJECT_TYPE,
        "role": _PATIENT_ROLE if kind == "patient" else _USER_ROLE if kind in _OF_USERS else _DOMAIN_ROLE,
    }


def _someone(person: Someone, kind: str, origin: str) -> Resource:
    if person.id is None:
        return {"display": "erased"}
    named = {"display": person.name} if person.name else {}
    return {"identifier": _identifier(origin, kind, str(person.id))} | named


def _purpose(purpose: str, origin: str) -> list[Resource]:
    if not purpose:
        return []
    own = _own(origin, "purpose", purpose)
    code, display = _PURPOSES.get(purpose, ("", ""))
    coded = [{"system": ACT_REASON, "code": code, "display": display}] if code else []
    return [{"coding": [*coded, own]}]


def _identifier(origin: str, kind: str, value: str) -> Resource:
    return {"system": f"{origin}/{kind}", "value": value}


def _own(origin: str, kind: str, code: str, display: str = "") -> Coding:
    return {"system": f"{origin}/fhir/{kind}", "code": code} | ({"display": display} if display else {})


def _concept(coding: Coding) -> Resource:
    return {"coding": [coding]}


def lines(rows: Iterable[EventRow], origin: str) -> Iterator[bytes]:
    """AuditEvents one a line, the form of FHIR's bulk data."""
    for row in rows:
        yield orjson.dumps(audit_event(row, origin=origin)) + b"\n"
