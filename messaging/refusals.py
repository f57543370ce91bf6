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


class CaseClosed(Conflict):
    """The case is closed: nobody writes until it is opened again."""

    code = "case-closed"


class MessageExpired(Conflict):
    """The message has expired: there is nothing left to keep."""

    code = "message-expired"


class RecordUnnamed(Conflict):
    """The case names no record into which its messages could be taken."""

    code = "record-unnamed"


class NotMarked(Conflict):
    """A message is not marked for the record, or not any more: somebody has waived it or taken it there."""

    code = "not-marked"


class KeyPackageRefused(Invalid):
    """A key package must not enter the directory; `extra` carries the `reason`."""

    code = "key-package-refused"


class Forged(DomainError):  # noqa: N818 - named as the errors of medicus.lib
    """The request does not carry this session's token, or comes from another site."""

    status, code = 403, "forged"


class OwnMessage(Conflict):
    """Nobody acknowledges what they have sent themselves."""

    code = "own-message"


class NotToAcknowledge(Conflict):
    """Messages are acknowledged in case conversations, and where they are urgent."""

    code = "not-to-acknowledge"


class TakenOver(Conflict):
    """Somebody else has taken it over; `extra` carries the `person_id`, a member of the conversation."""

    code = "taken-over"


class NotTakenOver(Conflict):
    """There is nothing that the actor could hand back."""

    code = "not-taken-over"


class NobodyOnDuty(Conflict):
    """Nobody holds the role now; `extra` carries `next_at` and `alternatives`."""

    code = "nobody-on-duty"


class HolderNotTold(Conflict):
    """The role does not tell this actor who is on duty, so they cannot address it."""

    code = "holder-not-told"


class ChainNotMembers(Conflict):
    """Not everybody of the chain reads the conversation; `extra` carries who is `missing`."""

    code = "chain-not-members"


class NotUrgentHere(Conflict):
    """In patient cases nothing is urgent: who needs help at once takes another way."""

    code = "not-urgent-here"


class UrgentOver(Conflict):
    """The urgent message was acknowledged or withdrawn before."""

    code = "urgent-over"
