"""What every shift must fulfil, and the lock under which it is checked."""

import uuid
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from identity.models import Membership
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound
from rota.access.roles import fillers
from rota.models import Role, Shift
from rota.states import Rank

LONGEST = timedelta(days=31)
AHEAD = timedelta(days=731)
GRACE = timedelta(minutes=5)
"""Who plans from now on has opened the form a moment ago."""


def lock(role_id: uuid.UUID) -> Role:
    """Hold a role until the transaction ends: whoever changes its shifts waits here, on both databases.

    Raises:
        NotFound: absent or closed.
    """
    found = Role.objects.select_for_update(of=("self",)).filter(id=role_id, closed_at=None).first()
    if found is None:
        raise NotFound
    return found


def filler(role: Role, membership_id: uuid.UUID) -> Membership:
    """Get the membership of somebody who may fill a role.

    Raises:
        Invalid: nobody who may.
    """
    found = fillers(role).select_related("person").filter(id=membership_id).first()
    if found is None:
        raise Invalid(errors={"membership": _("Please choose somebody who may fill this role.")})
    return found


def begin(starts_at: datetime) -> datetime:
    """When a shift really begins: what lies a moment back begins now.

    Raises:
        Invalid: it lies in the past, which nobody plans.
    """
    at = now()
    if starts_at < at - GRACE:
        raise Invalid(errors={"starts_at": _("This lies in the past. What has been is not changed.")})
    return max(starts_at, at)


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Check that a shift has a length, and that no slip of a year or month plans it.

    Raises:
        Invalid: `errors` names the field.
    """
    if ends_at <= starts_at:
        raise Invalid(errors={"ends_at": _("The end lies before the beginning.")})
    if ends_at - starts_at > LONGEST:
        raise Invalid(errors={"ends_at": _("A shift is at most 31 days long.")})
    if ends_at > now() + AHEAD:
        raise Invalid(errors={"ends_at": _("A rota reaches at most two years ahead.")})


def check_member(member: Membership, starts_at: datetime, ends_at: datetime) -> None:
    """Check that somebody works here for the whole shift.

    Raises:
        Invalid: `errors` names the person.
    """
    begins, ends = member.valid_from, member.valid_until
    if starts_at < begins or (ends is not None and ends_at > ends):
        text = _("%(name)s does not work here for the whole of this time.")
        raise Invalid(errors={"membership": text % {"name": member.person.name}})


def check_free(
    role: Role, rank: int, starts_at: datetime, ends_at: datetime, *, but: uuid.UUID | None = None
) -> None:
    """Check that no other shift of this rank overlaps; call it under `lock`.

    Raises:
        Invalid: one does; it is named.
    """
    found = Shift.objects.filter(
        role=role, rank=rank, removed_at=None, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    others = found.exclude(id=but) if but else found
    other = others.select_related("membership__person").order_by("starts_at").first()
    if other is not None:
        raise Invalid(errors={"starts_at": _overlap(other)})


def check(role: Role, member: Membership, rank: Rank, starts_at: datetime, ends_at: datetime) -> None:
    """All of these for a new shift."""
    check_times(starts_at, ends_at)
    check_member(member, starts_at, ends_at)
    check_free(role, rank, starts_at, ends_at)


def _overlap(other: Shift) -> str:
    text = _("This overlaps with the shift of %(name)s, %(since)s to %(until)s.")
    return text % {
        "name": other.membership.person.name,
        "since": date_format(localtime(other.starts_at), "SHORT_DATETIME_FORMAT"),
        "until": date_format(localtime(other.ends_at), "SHORT_DATETIME_FORMAT"),
    }
