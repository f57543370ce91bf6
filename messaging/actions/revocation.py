"""What a revoked device loses here: its leaves' right to read and send, its key packages, its Welcomes."""

import uuid
from collections.abc import Collection

from django.db import transaction

from medicus.lib.clock import now
from messaging import news
from messaging.models import GroupDevice, KeyPackage, WelcomeDelivery


@transaction.atomic
def revoke_devices(*, device_ids: Collection[uuid.UUID]) -> None:
    """End all delivery to devices that `identity` has revoked, in its transaction, and close their sockets.

    Their leaves stay in the trees until a member's commit removes them, which now anyone in the group may
    do. `identity` has recorded the event and knows by whom.
    """
    at = now()
    GroupDevice.objects.filter(device__in=device_ids, left_seq__isnull=True, revoked_at__isnull=True).update(
        revoked_at=at
    )
    KeyPackage.objects.filter(device__in=device_ids, spent_at__isnull=True).delete()
    WelcomeDelivery.objects.filter(device__in=device_ids).delete()
    news.tell_on_commit(news.News(revoked=frozenset(device_ids)))
