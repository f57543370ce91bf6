"""The tables of `identity`, one file per subject."""

from identity.models.api_key import ApiKey
from identity.models.application import Application
from identity.models.device import Device, DeviceChallenge, IdentityKey
from identity.models.factor import (
    Attempts,
    KnownAddress,
    KnownBrowser,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
    SignIn,
    TotpSecret,
)
from identity.models.join import DeviceJoin
from identity.models.offboarding import Offboarding
from identity.models.organisation import Department, Organisation
from identity.models.person import Invitation, Membership, PeopleImport, Person
from identity.models.policy import Policy

__all__ = [
    "ApiKey",
    "Application",
    "Attempts",
    "Department",
    "Device",
    "DeviceChallenge",
    "DeviceJoin",
    "IdentityKey",
    "Invitation",
    "KnownAddress",
    "KnownBrowser",
    "Membership",
    "Offboarding",
    "Organisation",
    "Passkey",
    "PasskeyChallenge",
    "PeopleImport",
    "Person",
    "Policy",
    "RecoveryCode",
    "SignIn",
    "TotpSecret",
]
