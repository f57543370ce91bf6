"""Errors of the domain. Actions and access functions raise them; `medicus.lib.problems` turns each
into one HTTP answer (RFC 9457), sockets into one `refused` frame. No other layer chooses a status."""

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """Something the caller can understand and act on.

    `code` is stable and machine-readable, `detail` is a translated sentence for a person,
    `errors` names each bad field."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad-request"

    def __init__(self, detail: str = "", *, errors: Mapping[str, str] | None = None, **extra: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = dict(errors or {})
        self.extra = extra


class Invalid(DomainError):
    """The input is malformed or breaks a rule that its sender can mend."""

    status, code = 400, "invalid"


class Unauthenticated(DomainError):
    """Nobody is signed in, or the second factor is still missing."""

    status, code = 401, "unauthenticated"


class AccessEnded(Unauthenticated):
    """This browser was signed in until the person's access to the organisation was ended."""

    code = "access-ended"


class StaleForm(DomainError):
    """The CSRF token of a form does not fit: it was open for too long, or its sender has signed in anew."""

    status, code = 403, "stale-form"


class FreshFactorRequired(DomainError):
    """A dangerous act, and the second factor was shown too long ago; `extra["confirm"]` takes a new one."""

    status, code = 403, "fresh-factor-required"


class NotFound(DomainError):
    """Absent, or not for this actor: the two answer alike, byte for byte."""

    status, code = 404, "not-found"


class MethodNotAllowed(DomainError):
    """The address exists, but not for this method: a button's address that was opened as a page."""

    status, code = 405, "method-not-allowed"


class Conflict(DomainError):
    """The object's state does not allow this (now)."""

    status, code = 409, "conflict"


class StaleEpoch(Conflict):
    """The group has moved on; `extra` carries the current `epoch`."""

    code = "stale-epoch"


class TooLarge(DomainError):
    status, code = 413, "too-large"


class TooManyAttempts(DomainError):
    """`extra` carries `retry_after_seconds`."""

    status, code = 429, "too-many-attempts"


class Unsupported(DomainError):
    """A part of a standard that this service does without."""

    status, code = 501, "unsupported"


class Unavailable(DomainError):
    """A part the service needs (database, object store) is away; the same request may succeed later."""

    status, code = 503, "unavailable"


class InternalError(DomainError):
    """Nobody foresaw this; the log has the trace, the answer has nothing."""

    status, code = 500, "internal-error"
