"""What has ended is not kept: sessions, counted attempts, known addresses, challenges."""

from django.contrib.sessions.models import Session

from identity.models import Attempts, DeviceChallenge, KnownAddress
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now


def expire(*, by: Actor) -> None:
    """Delete the rows that have ended; none of them is valid any more, so nothing needs a record.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    at = now()
    Session.objects.filter(expire_date__lte=at).delete()
    Attempts.objects.filter(window_ends_at__lte=at).delete()
    KnownAddress.objects.filter(expires_at__lte=at).delete()
    DeviceChallenge.objects.filter(expires_at__lte=at).delete()
