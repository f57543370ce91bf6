"""Refusals of `messaging` with codes of their own; the rest is in `medicus.lib.errors`."""

from medicus.lib.errors import Conflict, DomainError, Invalid


class EnvelopeRefused(Invalid):
    """The MLS bytes are not what the Delivery Service lets in; `extra` carries the `reason`."""

    code = "envelope-refused"


class CommitRefused(Invalid):
    """A well-formed commit breaks a rule of the group; `extra` carries the `reason`."""

    code = "commit-refused"


class IdReused(Conflict):
    """The id already names another message of this group."""

    code = "id-reused"


class ContactNotAccepted(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    """The group waits for the answer to a contact request: only its maker may send, one message in all."""

    status, code = 403, "contact-not-accepted"


class ContactAnswered(Conflict):
    """The contact request was answered before, or nobody answered it in time."""

    code = "contact-answered"


class KeyPackageRefused(Invalid):
    """A key package must not enter the directory; `extra` carries the `reason`."""

    code = "key-package-refused"


class Forged(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    """The request does not carry this session's token, or comes from another site."""

    status, code = 403, "forged"
