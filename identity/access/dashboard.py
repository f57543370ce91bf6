"""Figures of an organisation for its administrators, in a fixed number of queries however many people there are."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.access.actors import valid_memberships
from identity.access.device_approvals import waiting_approvals
from identity.access.invitations import UNDECIDED
from identity.access.staff import EXPIRING, administered
from identity.days import begin_of
from identity.models import Device, Invitation, Passkey, SignIn, TotpSecret
from identity.states import STAFF, StaffFilter
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now

DAYS = 30


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all people. percent: rounded, for reading."""

    key: str
    label: str
    count: int
    percent: int


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that somebody should look at. only: the filter of the people page that shows it; page: another one."""

    key: str
    label: str
    count: int
    only: str
    page: str = "identity:people"


@dataclass(frozen=True, slots=True)
class Day:
    """sign_ins: completed ones, by the time zone of the service."""

    on: date
    sign_ins: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """people: with a valid place. devices: that hold keys and may be used now."""

    people: int
    administrators: int
    devices: int
    factors: Sequence[Share]
    open_items: Sequence[OpenItem]
    days: Sequence[Day]
    sign_ins: int
    busiest: Day


def dashboard(*, by: Actor) -> Dashboard:
    """Show the figures of the organisation that the actor administers.

    Raises:
        NotFound: not an administrator.
    """
    organisation_id = administered(by=by)
    counted = _people(organisation_id)
    days = _days(organisation_id)
    return Dashboard(
        people=counted["people"],
        administrators=counted["administrators"],
        devices=_devices(organisation_id),
        factors=_factors(counted),
        open_items=_open_items(organisation_id, counted),
        days=days,
        sign_ins=sum(day.sign_ins for day in days),
        busiest=max(days, key=lambda day: (day.sign_ins, day.on)),
    )


def _people(organisation_id: uuid.UUID) -> dict[str, Any]:
    passkey = Exists(Passkey.objects.filter(person=OuterRef("person")))
    app = Exists(TotpSecret.objects.filter(person=OuterRef("person"), confirmed_at__isnull=False))
    found = valid_memberships().filter(organisation=organisation_id, function__in=STAFF)
    at = now()
    return found.annotate(has_passkey=passkey, has_app=app).aggregate(
        people=Count("id"),
        administrators=Count("id", filter=Q(is_admin=True)),
        passkey=Count("id", filter=Q(has_passkey=True)),
        app=Count("id", filter=Q(has_passkey=False, has_app=True)),
        none=Count("id", filter=Q(has_passkey=False, has_app=False)),
        never=Count("id", filter=Q(person__last_login=None)),
        ending=Count("id", filter=Q(valid_until__gt=at, valid_until__lte=at + EXPIRING)),
    )


def _factors(counted: dict[str, Any]) -> list[Share]:
    labels = {"passkey": _("Passkey"), "app": _("App only"), "none": _("None yet")}
    people = counted["people"] or 1
    return [
        Share(key, label, counted[key], round(100 * counted[key] / people)) for key, label in labels.items()
    ]


def _open_items(organisation_id: uuid.UUID, counted: dict[str, Any]) -> list[OpenItem]:
    links = Invitation.objects.filter(
        membership__organisation=organisation_id, state__in=UNDECIDED, expires_at__gt=now()
    )
    approvals = waiting_approvals(organisation_id=organisation_id)
    found = (
        OpenItem("approvals", _("New devices to approve"), approvals, "", "identity:device-approvals"),
        OpenItem("invited", _("Invited, not begun"), links.count(), StaffFilter.NEVER_SIGNED_IN),
        OpenItem("never", _("Never signed in"), counted["never"], StaffFilter.NEVER_SIGNED_IN),
        OpenItem("none", _("Without second factor"), counted["none"], StaffFilter.NO_SECOND_FACTOR),
        OpenItem("ending", _("Access ends within 30 days"), counted["ending"], StaffFilter.EXPIRING),
    )
    elsewhere = [
        OpenItem(only="", **item) for item in callbacks.call("open-items", organisation_id=organisation_id)
    ]
    return [each for each in (*elsewhere, *found) if each.count]


def _devices(organisation_id: uuid.UUID) -> int:
    return Device.objects.filter(organisation=organisation_id, revoked_at=None, expires_at__gt=now()).count()


def _days(organisation_id: uuid.UUID) -> list[Day]:
    """The last thirty days, today included, those without a sign-in, too."""
    last = timezone.localdate(now())
    first = last - timedelta(days=DAYS - 1)
    rows = SignIn.objects.filter(
        succeeded=True, at__gte=begin_of(first), person__memberships__organisation=organisation_id
    )
    counted = dict(rows.annotate(on=TruncDate("at")).values_list("on").annotate(Count("id")).order_by("on"))
    every = (first + timedelta(days=place) for place in range(DAYS))
    return [Day(day, counted.get(day, 0)) for day in every]
