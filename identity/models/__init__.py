"""The tables of `identity`, one file per subject."""

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
from identity.models.join import DeviceJoin
from identity.models.organisation import Department, Organisation
from identity.models.person import Invitation, Membership, PeopleImport, Person

__all__ = [
    "Attempts",
    "Department",
    "Device",
    "DeviceChallenge",
    "DeviceJoin",
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
