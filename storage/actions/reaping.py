"""What time brings about: lost jobs start again, shares and uploads end, refused files go."""

from medicus.lib.actor import Actor, require_system
from storage.actions import jobs
from storage.actions.findings import shred_rejected
from storage.actions.shares import expire_shares
from storage.objects import orphans
from storage.uploads import actions as uploads


def reap(*, by: Actor) -> None:
    """Do all of it, once. Every part may be repeated, and may run beside another reaper.

    Raises:
        NotFound: not called by the service itself.
    """
    require_system(by)
    jobs.enqueue_stranded()
    expire_shares(by=by)
    uploads.expire(by=by)
    shred_rejected(by=by)


def tidy(*, by: Actor) -> int:
    """Remove what no row knows from the part of the object store whose turn it is; return how many.

    Raises:
        NotFound: not called by the service itself.
    """
    require_system(by)
    return orphans.collect_slice(by=by)
