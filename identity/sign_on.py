"""Values of the single sign-on, on their way between its pages, its actions and what they ask."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class WantedSignOn:
    """What an administrator has entered. client_secret: empty keeps the one that is there.

    acr_values, amr_values: words between spaces. join_function: empty lets nobody join by signing in."""

    issuer: str
    client_id: str
    client_secret: str
    trusts_factor: bool
    acr_values: str
    amr_values: str
    join_function: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser brings back from a provider, unchecked (RFC 6749 section 4.1.2, RFC 9207)."""

    state: str
    code: str
    issuer: str | None
    error: str


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a browser goes, and to whom."""

    address: str
    organisation_name: str


class Factor(StrEnum):
    """What follows the answer of a provider."""

    BY_PROVIDER = "by-provider"
    OWN = "own"
    ENROL = "enrol"
    MISSING = "missing"
    """Only one that was set up by another way would do."""
