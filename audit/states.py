"""Closed sets of `audit`."""

from enum import StrEnum


class Part(StrEnum):
    """The part that a person or patient plays in an event."""

    ACTOR = "actor"
    SUBJECT = "subject"
    PATIENT = "patient"
