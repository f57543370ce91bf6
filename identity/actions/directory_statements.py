"""What an organisation states in the directory: what its people are trained in, its Telematik-ID, its addresses."""

import re
import uuid
from collections.abc import Collection
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.staff import administered, staff_membership
from identity.actions.validation import clean_fields, known_codes
from identity.models import Endpoint, HeldSubSpeciality, Membership, Organisation
from identity.stated import MOST_SUB_SPECIALITIES, Stated, telematik_id_fault
from identity.states import ConnectionType, Speciality, SubSpeciality
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id

SCHEMES: dict[ConnectionType, frozenset[str]] = {
    ConnectionType.KIM: frozenset({"mailto"}),
    ConnectionType.TIM: frozenset({"matrix"}),
    ConnectionType.FHIR: frozenset({"https"}),
    ConnectionType.DICOM_WEB: frozenset({"https"}),
}
"""How each kind of address begins."""

MOST_ENDPOINTS = 20


def state_in_directory(
    *,
    by: Actor,
    membership_id: uuid.UUID,
    speciality: str,
    sub_specialities: Collection[str],
    telematik_id: str,
) -> Membership:
    """State for the organisation what one of its people is trained in; also of oneself, for it opens nothing.

    speciality: empty for that of the department.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: see `staff_membership`.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    codes = known_codes(sub_specialities, SubSpeciality, most=MOST_SUB_SPECIALITIES, field="sub_specialities")
    if speciality and speciality not in set(Speciality) - {Speciality.NONE}:
        raise Invalid(errors={"speciality": _("Please choose a speciality of the list.")})
    stated = Stated(speciality, frozenset(codes), _telematik_id(telematik_id))
    return write_statement(by=by, membership_id=membership.id, stated=stated, imported=False)


def write_statement(*, by: Actor, membership_id: uuid.UUID, stated: Stated, imported: bool) -> Membership:
    """Write what was checked, for a place that the caller has got through `access`; the same again is no statement.

    imported: it comes from a list or an identity management."""
    with transaction.atomic():
        membership = Membership.objects.select_for_update().get(id=membership_id)
        before = (membership.speciality, membership.telematik_id)
        membership.speciality, membership.telematik_id = stated.speciality, stated.telematik_id
        replaced = _replace_sub_specialities(membership, stated.sub_specialities)
        if replaced or before != (membership.speciality, membership.telematik_id):
            membership.stated_at, membership.stated_by_import = now(), imported
            membership.save(update_fields=["speciality", "telematik_id", "stated_at", "stated_by_import"])
            _record_statement(by, membership)
    return membership


def state_organisation(*, by: Actor, telematik_id: str) -> Organisation:
    """State the Telematik-ID of the organisation that the actor administers.

    Raises:
        Invalid: it is not written like one.
        NotFound: not an administrator.
    """
    organisation_id = administered(by=by)
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().get(id=organisation_id)
        wanted = _telematik_id(telematik_id)
        if organisation.telematik_id == wanted:
            return organisation
        organisation.telematik_id = wanted
        organisation.save(update_fields=["telematik_id"])
        _record_organisation(by, organisation_id, "telematik_id")
    return organisation


def add_endpoint(*, by: Actor, connection_type: ConnectionType, address: str, name: str = "") -> Endpoint:
    """Tell an address at which the organisation's systems are reached. Nothing here calls it.

    Raises:
        Invalid: `errors` names each bad field.
        Conflict: there are too many.
        NotFound: not an administrator.
    """
    organisation_id = administered(by=by)
    endpoint = Endpoint(
        id=new_id(),
        organisation_id=organisation_id,
        connection_type=connection_type,
        name=name.strip(),
        address=_address(connection_type, address),
        created_at=now(),
    )
    clean_fields(endpoint, names=("name", "address"))
    try:
        with transaction.atomic():
            Organisation.objects.select_for_update().get(id=organisation_id)
            if Endpoint.objects.filter(organisation=organisation_id).count() >= MOST_ENDPOINTS:
                raise Conflict(_("There are twenty addresses already. Please remove one first."))
            endpoint.save(force_insert=True)
            _record_organisation(by, organisation_id, "endpoints")
    except IntegrityError:
        raise Invalid(errors={"address": _("This address is there already.")}) from None
    return endpoint


def remove_endpoint(*, by: Actor, endpoint_id: uuid.UUID) -> None:
    """Take an address of the organisation out of the directory.

    Raises:
        NotFound: absent, of another organisation, or the actor is no administrator.
    """
    organisation_id = administered(by=by)
    with transaction.atomic():
        removed, _rows = Endpoint.objects.filter(id=endpoint_id, organisation=organisation_id).delete()
        if not removed:
            raise NotFound
        _record_organisation(by, organisation_id, "endpoints")


def _replace_sub_specialities(membership: Membership, codes: frozenset[str]) -> bool:
    rows = HeldSubSpeciality.objects.filter(membership=membership)
    held = set(rows.values_list("code", flat=True))
    rows.exclude(code__in=codes).delete()
    HeldSubSpeciality.objects.bulk_create(
        HeldSubSpeciality(membership=membership, code=code) for code in sorted(codes - held)
    )
    return held != codes


def _telematik_id(given: str) -> str:
    """What stands there, checked for its form."""
    text = given.strip()
    if fault := telematik_id_fault(text):
        raise Invalid(errors={"telematik_id": fault})
    return text


def _address(connection_type: ConnectionType, given: str) -> str:
    address = given.strip()
    try:
        parts = urlsplit(address)
        told = bool(parts.hostname) if parts.scheme == "https" else bool(parts.path)
        secret = parts.username is not None or parts.password is not None
    except ValueError:
        told, secret, parts = False, False, urlsplit("")
    schemes = SCHEMES[connection_type]
    if not told or secret or parts.scheme not in schemes or re.search(r"\s", address):
        text = _("An address of this kind begins with %(scheme)s: and holds no name or password.")
        raise Invalid(errors={"address": text % {"scheme": min(schemes)}})
    return address


def _record_statement(by: Actor, membership: Membership) -> None:
    audit.record(
        Event.DIRECTORY_STATE,
        by=by,
        subject=f"person/{membership.person_id}",
        organisation_id=membership.organisation_id,
        details={"membership": str(membership.id)},
    )


def _record_organisation(by: Actor, organisation_id: uuid.UUID, changed: str) -> None:
    audit.record(
        Event.DIRECTORY_STATE,
        by=by,
        subject=f"organisation/{organisation_id}",
        organisation_id=organisation_id,
        details={"changed": changed},
    )
