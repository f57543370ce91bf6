"""What a request carries for us, set by the middleware above."""

from django.http import HttpRequest
from rest_framework.request import Request

from medicus.lib.actor import Actor
from medicus.lib.errors import Unauthenticated


def actor_of(request: HttpRequest | Request) -> Actor:
    """Who acts.

    Raises:
        Unauthenticated: nobody is signed in.
    """
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise Unauthenticated
    return actor
