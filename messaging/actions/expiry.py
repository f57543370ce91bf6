"""What is thrown away in time: key packages that nobody can use any more."""

from django.db import transaction

from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from messaging.models import KeyPackage


@transaction.atomic
def expire(*, by: Actor) -> int:
    """Delete key packages that have expired, spent ones included; return how many.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    deleted, _by_model = KeyPackage.objects.filter(expires_at__lte=now()).delete()
    return deleted
