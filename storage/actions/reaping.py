"""What time brings about: lost jobs start again, shares and uploads end, refused files go."""

from medicus.lib.actor import SYSTEM, Actor
from medicus.lib.errors import NotFound
from storage.actions import jobs
from storage.actions.findings import shred_rejected
from storage.actions.shares import expire_shares
from storage.uploads import actions as uploads


def reap(*, by: Actor) -> None:
    """Do all of it, once. Every part may be repeated, and may run beside another reaper.

    Raises:
        NotFound: not called by the service itself.
    """
    if by != SYSTEM:
        raise NotFound
    jobs.enqueue_stranded()
    expire_shares(by=by)
    uploads.expire(by=by)
    shred_rejected(by=by)
