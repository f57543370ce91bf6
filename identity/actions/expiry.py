"""What has ended is not kept: sessions, counted attempts, known addresses, challenges, old sign-ins."""

from datetime import timedelta

from django.contrib.sessions.models import Session

from identity.actions.device_joins import BACKUP_KEY_SECONDS
from identity.models import (
    Attempts,
    DeviceApproval,
    DeviceChallenge,
    DeviceJoin,
    KnownAddress,
    KnownBrowser,
    PasskeyChallenge,
    Policy,
    ProviderSignIn,
    SignIn,
)
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now

SIGN_IN_DAYS = 90
JOIN_DAYS = 1
"""For so long a browser still learns what became of its request."""

APPROVAL_DAYS = 30
"""For so long administrators see what became of a request for a new device; the log keeps it."""


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
    KnownBrowser.objects.filter(expires_at__lte=at).delete()
    DeviceChallenge.objects.filter(expires_at__lte=at).delete()
    PasskeyChallenge.objects.filter(expires_at__lte=at).delete()
    ProviderSignIn.objects.filter(expires_at__lte=at).delete()
    DeviceJoin.objects.filter(expires_at__lte=at - timedelta(days=JOIN_DAYS)).delete()
    late = DeviceJoin.objects.filter(ended_at__lte=at - timedelta(seconds=BACKUP_KEY_SECONDS))
    late.exclude(wrapped_backup_key=None).update(wrapped_backup_key=None)
    DeviceApproval.objects.filter(expires_at__lte=at - timedelta(days=APPROVAL_DAYS)).delete()
    SignIn.objects.filter(at__lte=at - timedelta(days=SIGN_IN_DAYS)).delete()
    SignIn.objects.filter(person=None).delete()
    for policy in Policy.objects.filter(history_days__lt=SIGN_IN_DAYS):
        ours = SignIn.objects.filter(person__memberships__organisation=policy.organisation_id)
        ours.filter(at__lte=at - timedelta(days=policy.history_days)).delete()
