"""Errors of the object store that a reader can meet."""

import logging

from django.utils.translation import gettext as _

from medicus.lib.errors import InternalError, Unavailable

log = logging.getLogger(__name__)


class Damaged(InternalError):  # noqa: N818 - named as the errors of medicus.lib
    """The stored bytes are not those that were written: changed, cut off, swapped or gone.

    `reason` is for the log and the tests; the person reads one calm sentence."""

    code = "damaged"

    def __init__(self, reason: str) -> None:
        super().__init__(_("This file is damaged in the object store. Please tell your administration."))
        self.reason = reason
        log.error("damaged object: %s", reason)


class StoreFull(Unavailable):
    """The object store has no room; nothing was stored."""

    def __init__(self) -> None:
        super().__init__(_("The object store is full. Nothing was stored; please tell your administration."))


class StoreAway(Unavailable):
    """The object store does not answer, or answers what no object store should; nothing was stored.

    `reason` is for the log and the tests."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("The object store does not answer. Nothing was lost; please try again."))
        self.reason = reason
        log.error("object store: %s", reason)
