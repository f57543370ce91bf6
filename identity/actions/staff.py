"""What an administrator does with the memberships of the organisation."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.staff import staff_membership, state_of
from identity.actions.departments import lock_open_department
from identity.actions.offboarding import undo_offboarding
from identity.actions.validation import clean
from identity.models import Membership, Person
from identity.states import MEMBERSHIP_TRANSITIONS, STAFF, Function, MembershipState
from medicus.lib.actor import Actor, Scope
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from medicus.lib.freshness import require_fresh


def change_membership(
    *,
    by: Actor,
    membership_id: uuid.UUID,
    function: Function,
    department_id: uuid.UUID | None,
    is_admin: bool,
    valid_from: datetime,
    valid_until: datetime | None,
) -> Membership:
    """Change a place in the organisation. Who gets or loses a role signs in anew.

    department_id: an open department, or the one in which the person is.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an administrator of this organisation, or the membership or department is absent.
        Conflict: it is the acting person's own.
        FreshFactorRequired: an administrator is made, and the second factor was shown too long ago.
    """
    membership = _of_somebody_else(by, membership_id)
    if is_admin and not membership.is_admin:
        require_fresh(by)
    if function not in STAFF:
        raise Invalid(errors={"function": _("Please choose a function.")})
    before = {name: getattr(membership, name) for name in _CHANGEABLE}
    with transaction.atomic():
        if department_id and department_id != membership.department_id:
            lock_open_department(membership.organisation_id, department_id)
        wanted = (function, department_id, is_admin, valid_from, valid_until)
        for name, value in zip(_CHANGEABLE, wanted, strict=True):
            setattr(membership, name, value)
        clean(membership)
        changed = [name for name in _CHANGEABLE if getattr(membership, name) != before[name]]
        if changed:
            _write(by, membership, changed)
    return membership


def deactivate_membership(*, by: Actor, membership_id: uuid.UUID) -> Membership:
    """Close the organisation to a person until it is undone; their sessions and sockets end within seconds.

    Raises:
        NotFound: see `staff_membership`.
        Conflict: it is the acting person's own, or it has ended or is deactivated already.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    membership = _of_somebody_else(by, membership_id)
    require_fresh(by)
    state = state_of(membership, at=now())
    if MembershipState.DEACTIVATED not in MEMBERSHIP_TRANSITIONS[state]:
        raise Conflict(_("This person has no access any more."))
    return _switch(by, membership, Event.MEMBERSHIP_DEACTIVATE, deactivated_at=now())


def reactivate_membership(*, by: Actor, membership_id: uuid.UUID) -> Membership:
    """Undo a deactivation or an offboarding; the dates of the membership hold as before.

    After an offboarding keys, devices, conversations, shares and links do not come back.

    Raises:
        NotFound: see `staff_membership`.
        Conflict: it is the acting person's own, or it is not deactivated, or its last day has passed.
    """
    membership = _of_somebody_else(by, membership_id)
    if membership.deactivated_at is None:
        raise Conflict(_("This person is not deactivated."))
    if state_of(membership, at=now()) == MembershipState.ENDED:
        raise Conflict(_("The last day has passed. Please set another last day first."))
    with transaction.atomic():
        undo_offboarding(by=by, membership=membership, at=now())
        return _switch(by, membership, Event.MEMBERSHIP_REACTIVATE, deactivated_at=None)


_CHANGEABLE = ("function", "department_id", "is_admin", "valid_from", "valid_until")
_ROLES = {"function", "is_admin"}


def _of_somebody_else(by: Actor, membership_id: uuid.UUID) -> Membership:
    """So that an organisation never loses its last administrator by a slip."""
    membership = staff_membership(by=by, membership_id=membership_id, scope=Scope.SCIM)
    if membership.person_id == by.person_id:
        raise Conflict(_("Your own access is changed by another administrator."))
    return membership


def _write(by: Actor, membership: Membership, changed: list[str]) -> None:
    membership.save(update_fields=list(_CHANGEABLE))
    if _ROLES & set(changed):
        Person.objects.filter(id=membership.person_id).update(auth_version=F("auth_version") + 1)
    details = {"function": membership.function, "changed": " ".join(changed)}
    _record(by, membership, Event.MEMBERSHIP_CHANGE, details)


def _switch(
    by: Actor, membership: Membership, event: Event, *, deactivated_at: datetime | None
) -> Membership:
    """One conditional update decides between two administrators who press the same button."""
    with transaction.atomic():
        rows = Membership.objects.filter(id=membership.id, deactivated_at__isnull=deactivated_at is not None)
        if rows.update(deactivated_at=deactivated_at):
            _record(by, membership, event, {})
    membership.deactivated_at = deactivated_at
    return membership


def _record(by: Actor, membership: Membership, event: Event, details: dict[str, str]) -> None:
    audit.record(
        event,
        by=by,
        subject=f"person/{membership.person_id}",
        organisation_id=membership.organisation_id,
        details={"membership": str(membership.id)} | details,
    )
