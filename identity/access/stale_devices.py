"""Devices that have keys and that nobody uses any more, for the administrators of an organisation."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from identity.access.staff import administered
from identity.models import Device, Membership
from identity.states import STAFF
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

STALE = timedelta(days=30)
SHOWN = 100


@dataclass(frozen=True, slots=True)
class StaffDevice:
    """seen_at: when it last proved its key, which it does before it fetches anything and at least every twelve hours."""

    device_id: uuid.UUID
    name: str
    membership_id: uuid.UUID
    person: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class StaleDevices:
    """devices: those unseen for longest first, at most a hundred; total: of all."""

    total: int
    devices: Sequence[StaffDevice]


def stale_devices(*, by: Actor) -> StaleDevices:
    """Find the devices of the staff of the organisation that the actor administers that may be used and were not seen for thirty days.

    Raises:
        NotFound: not an administrator.
    """
    rows = _usable(by).filter(seen_at__lt=now() - STALE)
    cards = [_card(row) for row in rows.select_related("person").order_by("seen_at", "id")[:SHOWN]]
    return StaleDevices(rows.count(), cards)


def staff_device(*, by: Actor, device_id: uuid.UUID) -> StaffDevice:
    """Get a device of the staff of the organisation that the actor administers that may be used.

    Raises:
        NotFound: absent, revoked, expired, another organisation's, or the actor is no administrator.
    """
    found = _usable(by).select_related("person").filter(id=device_id).first()
    if found is None:
        raise NotFound
    return _card(found)


def _usable(by: Actor) -> QuerySet[Any, Any]:
    place = Membership.objects.filter(
        person=OuterRef("person"), organisation=OuterRef("organisation"), function__in=STAFF
    )
    rows = Device.objects.filter(organisation=administered(by=by), revoked_at=None, expires_at__gt=now())
    return rows.filter(Exists(place)).annotate(
        seen_at=Coalesce(F("last_seen_at"), F("created_at")), place=Subquery(place.values("id")[:1])
    )


def _card(row: Any) -> StaffDevice:
    return StaffDevice(row.id, row.name, row.place, row.person.name, row.seen_at)
