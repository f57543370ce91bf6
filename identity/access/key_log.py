"""What the audit log says of the acting person's own keys and devices."""

from audit.access import KeyLog
from audit.access import key_log as logged
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


def key_log(*, by: Actor, since_size: int) -> KeyLog:
    """The acting person's key and device events in the organisation they act for, each with its proof.

    since_size: of the tree head that the browser saw last; 0 for none.

    Raises:
        NotFound: no person acts.
    """
    if by.person_id is None or by.organisation_id is None:
        raise NotFound
    return logged(person_id=by.person_id, organisation_id=by.organisation_id, since_size=since_size)
