"""The key-package directory, as its owner sees it."""

import uuid

from django.db.models import QuerySet

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from messaging.models import KeyPackage


def available(*, by: Actor) -> int:
    """How many key packages of the actor's device can be claimed; the last-resort one does not count."""
    return claimable([identity.require_device(by=by)]).count()


def claimable(device_ids: list[uuid.UUID]) -> QuerySet[KeyPackage]:
    """The one-time key packages of devices that nobody has claimed and that have not expired."""
    return KeyPackage.objects.filter(
        device__in=device_ids, claimed_at__isnull=True, is_last_resort=False, expires_at__gt=now()
    )
