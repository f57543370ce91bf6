"""This service with the message path's audit events left out: what `audit.cost` compares with. Never to be served."""

import django

django.setup()

from audit import actions  # noqa: E402


def _nothing(*_events: object) -> list[object]:
    return []


setattr(actions, "statements", _nothing)  # noqa: B010  # the types say that it may not

from medicus.asgi import application  # noqa: E402

__all__ = ["application"]
