"""Legal holds: an administrator stops the expiry, and somebody lifts that in a second act."""

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh
from messaging.access.holds import holdable_person, own_hold
from messaging.actions.cases import tell_members
from messaging.models import Group, GroupMember, Hold
from messaging.states import HOLD_REASON_CHARACTERS


@transaction.atomic
def place_hold(
    *, by: Actor, group_id: uuid.UUID | None = None, person_id: uuid.UUID | None = None, reason: str
) -> Hold:
    """Stop the expiry of one conversation, or of all that a person has at the own organisation.

    Raises:
        NotFound: not an administrator.
        FreshFactorRequired: the second factor was shown too long ago.
        Invalid: no such conversation with the own organisation, no such person, both or neither; no reason.
        Conflict: it is held already.
    """
    organisation_id = identity.administered(by=by)
    if by.person_id is None:
        raise NotFound
    require_fresh(by)
    _check(by=by, group_id=group_id, person_id=person_id)
    groups = _locked(organisation_id, group_id, person_id)
    try:
        with transaction.atomic():
            hold = Hold.objects.create(
                organisation_id=organisation_id,
                group_id=group_id,
                person_id=person_id,
                reason=_checked(reason),
                placed_by_id=by.person_id,
                placed_at=now(),
            )
    except IntegrityError:
        raise Conflict(_("There is a legal hold on this already.")) from None
    _record(Event.HOLD_PLACE, hold, by=by)
    tell_members(*groups)
    return hold


@transaction.atomic
def lift_hold(*, by: Actor, hold_id: uuid.UUID, reason: str) -> Hold:
    """Let things expire again that a hold has stopped; what is due goes within the hour.

    Raises:
        NotFound: not an administrator, another organisation's hold, or lifted already.
        FreshFactorRequired: the second factor was shown too long ago.
        Invalid: no reason.
    """
    hold = own_hold(by=by, hold_id=hold_id)
    require_fresh(by)
    groups = _locked(hold.organisation_id, hold.group_id, hold.person_id)
    hold.lifted_reason, hold.lifted_by_id, hold.lifted_at = _checked(reason), by.person_id, now()
    lasting = Hold.objects.filter(id=hold.id, lifted_at__isnull=True)
    changed = lasting.update(
        lifted_reason=hold.lifted_reason, lifted_by=hold.lifted_by_id, lifted_at=hold.lifted_at
    )
    if not changed:  # somebody else, at this very moment
        raise NotFound
    _record(Event.HOLD_LIFT, hold, by=by)
    tell_members(*groups)
    return hold


def _check(*, by: Actor, group_id: uuid.UUID | None, person_id: uuid.UUID | None) -> None:
    if (group_id is None) == (person_id is None):
        raise Invalid(errors={"group_id": _("Please name a conversation or a person.")})
    if group_id is not None:
        there = GroupMember.objects.filter(group=group_id, organisation=by.organisation_id)
        if not there.exists():
            raise Invalid(errors={"group_id": _("Nobody of your organisation is in such a conversation.")})
    elif person_id is not None and not holdable_person(by=by, person_id=person_id):
        raise Invalid(errors={"person_id": _("Please choose a person of your organisation.")})


def _checked(reason: str) -> str:
    text = " ".join(reason.split())
    if not text or not text.isprintable():
        raise Invalid(errors={"reason": _("Please fill in this field.")})
    if len(text) > HOLD_REASON_CHARACTERS:
        told = _("At most %(count)d characters.") % {"count": HOLD_REASON_CHARACTERS}
        raise Invalid(errors={"reason": told})
    return text


def _locked(
    organisation_id: uuid.UUID, group_id: uuid.UUID | None, person_id: uuid.UUID | None
) -> list[uuid.UUID]:
    """The groups that a hold concerns, under the locks that their expiry takes: it ends before, or finds the hold."""
    concerned = GroupMember.objects.filter(organisation=organisation_id)
    concerned = concerned.filter(group=group_id) if group_id else concerned.filter(person=person_id)
    rows = Group.objects.select_for_update(no_key=True).filter(id__in=concerned.values("group_id"))
    return [group.id for group in rows.order_by("id").only("id")]


def _record(event: Event, hold: Hold, *, by: Actor) -> None:
    subject = f"group/{hold.group_id}" if hold.group_id else f"person/{hold.person_id}"
    audit.record(
        event,
        by=by,
        subject=subject,
        organisation_id=hold.organisation_id,
        details={"hold": str(hold.id)},
    )
