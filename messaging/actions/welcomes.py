"""Joining: a device confirms that it has used its Welcome."""

import uuid

from django.db import transaction

from medicus.lib.actor import Actor
from messaging.access.welcomes import welcome
from messaging.models import Welcome


@transaction.atomic
def finish_welcome(*, by: Actor, welcome_id: uuid.UUID) -> None:
    """Strike a Welcome off the list of the actor's device, and drop it when it was the last one's.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: absent, confirmed already, or another device's.
    """
    delivery = welcome(by=by, welcome_id=welcome_id)
    delivery.delete()
    Welcome.objects.filter(id=delivery.welcome_id, deliveries__isnull=True).delete()
