"""Closed sets of `audit`."""

from enum import StrEnum


class Part(StrEnum):
    """The part that a person or patient plays in an event."""

    ACTOR = "actor"
    SUBJECT = "subject"
    PATIENT = "patient"


class Trouble(StrEnum):
    """What keeps a witness from cosigning, as it answered last."""

    NONE = ""
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    ROLLED_BACK = "rolled-back"
    FORKED = "forked"


CONTRADICTIONS = frozenset({Trouble.ROLLED_BACK, Trouble.FORKED})
"""The witness has proof that the log was cut or rewritten; all else may be a matter of the network."""
