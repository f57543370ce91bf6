"""The directory in the words of FHIR R4: Organization, HealthcareService, PractitionerRole, Practitioner, Endpoint.

The cut is the one of gematik's FHIR directory (gemSpec_VZD_FHIR_Directory): a PractitionerRole ties a person to an
organisation, a HealthcareService is what an organisation offers, and identifiers are Telematik-IDs. No profile is
claimed, for none was tested: specialities and functions are coded in systems of this service, and what gematik's
profiles demand beyond (origin, addresses) is not kept here. https://hl7.org/fhir/R4/
"""

from collections.abc import Iterable, Sequence
from typing import Any

from identity.access.verification import verification_of
from identity.models import Department, Endpoint, Membership, Organisation, Person
from identity.states import (
    ConnectionType,
    OrganisationKind,
    Speciality,
    function_name,
    language_name,
    speciality_name,
    sub_speciality_name,
)

Resource = dict[str, Any]

MEDIA_TYPE = "application/fhir+json"
TELEMATIK_ID = "https://gematik.de/fhir/sid/telematik-id"
V2_IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
ORGANISATION_TYPE = "http://terminology.hl7.org/CodeSystem/organization-type"
BCP_47 = "urn:ietf:bcp:47"
HL7_CONNECTION = "http://terminology.hl7.org/CodeSystem/endpoint-connection-type"
GEMATIK_CONNECTION = "https://gematik.de/fhir/directory/CodeSystem/EndpointDirectoryConnectionType"
PAYLOAD_TYPE = "http://terminology.hl7.org/CodeSystem/endpoint-payload-type"

_CONNECTIONS = {
    ConnectionType.TIM: (GEMATIK_CONNECTION, "tim"),
    ConnectionType.FHIR: (HL7_CONNECTION, "hl7-fhir-rest"),
    ConnectionType.DICOM_WEB: (HL7_CONNECTION, "dicom-wado-rs"),
}


def organization(row: Organisation, *, origin: str) -> Resource:
    """An organisation; it was read with its application and its endpoints."""
    verification = verification_of(row)
    verified = (
        [{"url": f"{origin}/fhir/verification", "extension": _verified(verification)}]
        if verification.at
        else []
    )
    return _kept(
        {
            "resourceType": "Organization",
            "id": str(row.id),
            "extension": verified,
            "identifier": _telematik_ids([row.telematik_id]),
            "active": True,
            "type": [_concept(ORGANISATION_TYPE, "prov", "Healthcare Provider")]
            if row.kind != OrganisationKind.OPERATOR
            else [],
            "name": row.name,
            "address": [{"city": row.city}] if row.city else [],
            "endpoint": [_reference("Endpoint", each.id) for each in row.endpoints.all()],
        }
    )


def healthcare_service(row: Department, *, origin: str) -> Resource:
    """A department."""
    return _kept(
        {
            "resourceType": "HealthcareService",
            "id": str(row.id),
            "active": row.closed_at is None,
            "providedBy": _reference("Organization", row.organisation_id)
            | {"display": row.organisation.name},
            "specialty": _specialties([row.speciality], origin),
            "name": row.name,
        }
    )


def practitioner_role(row: Membership, *, origin: str) -> Resource:
    """A person's place in an organisation; it was read with its sub-specialities."""
    sub_specialities = sorted(each.code for each in row.sub_specialities.all())
    system = f"{origin}/fhir/sub-speciality"
    further = [_concept(system, code, sub_speciality_name(code)) for code in sub_specialities]
    return _kept(
        {
            "resourceType": "PractitionerRole",
            "id": str(row.id),
            "active": True,
            "practitioner": _reference("Practitioner", row.person_id) | {"display": row.person.name},
            "organization": _reference("Organization", row.organisation_id)
            | {"display": row.organisation.name},
            "code": [_concept(f"{origin}/fhir/function", row.function, function_name(row.function))],
            "specialty": _specialties([row.shown_speciality], origin) + further,
            "healthcareService": [_reference("HealthcareService", row.department_id)]
            if row.department and row.department.closed_at is None
            else [],
        }
    )


def practitioner(row: Person, *, places: Iterable[Membership]) -> Resource:
    """A person; it was read with the languages. places: the memberships that the reader may see."""
    return _kept(
        {
            "resourceType": "Practitioner",
            "id": str(row.id),
            "identifier": _telematik_ids(sorted({place.telematik_id for place in places})),
            "active": True,
            "name": [
                _kept(
                    {
                        "text": row.name,
                        "family": row.family_name,
                        "given": [row.given_name],
                        "prefix": [row.title] if row.title else [],
                    }
                )
            ],
            "communication": [
                _concept(BCP_47, tag, language_name(tag))
                for tag in sorted(each.tag for each in row.languages.all())
            ],
        }
    )


def endpoint(row: Endpoint, *, origin: str) -> Resource:
    """An address of an organisation."""
    own = (f"{origin}/fhir/connection-type", row.connection_type)
    system, code = _CONNECTIONS.get(ConnectionType(row.connection_type), own)
    return _kept(
        {
            "resourceType": "Endpoint",
            "id": str(row.id),
            "status": "active",
            "connectionType": {"system": system, "code": code},
            "name": row.name,
            "managingOrganization": _reference("Organization", row.organisation_id),
            "payloadType": [_concept(PAYLOAD_TYPE, "any", "Any")],
            "address": row.address,
        }
    )


def bundle(resources: Sequence[Resource], *, total: int, base: str, links: dict[str, str]) -> Resource:
    """A page of a search. base: the address that the resources' own begin with. links: addresses by relation."""
    return _kept(
        {
            "resourceType": "Bundle",
            "type": "searchset",
            "total": total,
            "link": [{"relation": relation, "url": url} for relation, url in links.items()],
            "entry": [
                {
                    "fullUrl": f"{base}/{one['resourceType']}/{one['id']}",
                    "resource": one,
                    "search": {"mode": "match"},
                }
                for one in resources
            ],
        }
    )


def _verified(verification: Any) -> list[Resource]:
    return [
        {"url": "at", "valueDateTime": verification.at.isoformat()},
        {"url": "source", "valueString": verification.source},
    ]


def _specialties(codes: Iterable[str], origin: str) -> list[Resource]:
    known = [code for code in codes if code and code != Speciality.NONE]
    return [_concept(f"{origin}/fhir/speciality", code, speciality_name(code)) for code in known]


def _telematik_ids(values: Iterable[str]) -> list[Resource]:
    kind = _concept(V2_IDENTIFIER_TYPE, "PRN", "Provider number")
    return [{"type": kind, "system": TELEMATIK_ID, "value": value} for value in values if value]


def _concept(system: str, code: str, display: str) -> Resource:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _reference(kind: str, identifier: object) -> Resource:
    return {"reference": f"{kind}/{identifier}"}


def _kept(resource: Resource) -> Resource:
    """FHIR knows no empty lists and no empty texts."""
    return {name: value for name, value in resource.items() if value not in ("", [], None)}
