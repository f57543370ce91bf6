"""The tables of `identity`, one file per subject."""

from identity.models.api_key import ApiKey
from identity.models.device import Device, DeviceChallenge, IdentityKey
from identity.models.factor import (
    Attempts,
    KnownAddress,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SignIn,
    TotpSecret,
)
from identity.models.organisation import Department, Organisation
from identity.models.person import Invitation, Membership, PeopleImport, Person

__all__ = [
    "ApiKey",
    "Attempts",
    "Department",
    "Device",
    "DeviceChallenge",
    "IdentityKey",
    "Invitation",
    "KnownAddress",
    "Membership",
    "Organisation",
    "Passkey",
    "PasskeyChallenge",
    "PeopleImport",
    "Person",
    "RecoveryCode",
    "SignIn",
    "TotpSecret",
]
