"""A fresh second factor before dangerous acts: whoever finds an open session cannot do them.

`require_fresh` stands in the action itself, so pages, the API and all that comes later meet it alike."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import FreshFactorRequired

WINDOW = timedelta(minutes=5)
CONFIRM_ADDRESS = "/api/v1/session/confirm"


def fresh_until(verified_at: datetime) -> datetime:
    """Until when a second factor that was shown at this instant counts as fresh."""
    return verified_at + WINDOW


def is_fresh(by: Actor) -> bool:
    """Whether the actor has shown a second factor within the last five minutes.

    The service itself and a hospital's system have none to show: the scope of its key bounds what it may."""
    if by.has(Role.SYSTEM) or by.api_key_id is not None:
        return True
    return by.verified_at is not None and fresh_until(by.verified_at) > now()


def require_fresh(by: Actor) -> None:
    """Refuse an actor whose second factor was shown too long ago.

    Raises:
        FreshFactorRequired: `extra["confirm"]` is where the API takes a new one.
    """
    if not is_fresh(by):
        raise FreshFactorRequired(
            _("Please confirm with your second factor that it is you."), confirm=CONFIRM_ADDRESS
        )
