"""The service as `medicus.asgi` gives it, in a process of its own on the database of the test.

Only who is in which conversation is decided here: everybody is in every one."""

from typing import Any

from medicus.asgi import application
from medicus.lib import callbacks

__all__ = ["application"]


def everybody(**_arguments: Any) -> bool:
    return True


callbacks.register("attachment-scope", everybody)
