"""The tables of `identity`, one file per subject."""

from identity.models.api_key import ApiKey
from identity.models.application import Application
from identity.models.device import Device, DeviceChallenge, IdentityKey
from identity.models.device_approval import DeviceApproval
from identity.models.directory import HeldSubSpeciality, SpokenLanguage
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
from identity.models.invitation import IdentityCheck, Invitation, PatientInvitation
from identity.models.join import DeviceJoin
from identity.models.offboarding import Offboarding
from identity.models.organisation import Department, Endpoint, Organisation
from identity.models.person import Membership, PeopleImport, Person
from identity.models.policy import Policy
from identity.models.recovery_kit import RecoveryKit
from identity.models.sign_on import ProviderAccount, ProviderSignIn, SingleSignOn

__all__ = [
    "ApiKey",
    "Application",
    "Attempts",
    "Department",
    "Device",
    "DeviceApproval",
    "DeviceChallenge",
    "DeviceJoin",
    "Endpoint",
    "HeldSubSpeciality",
    "IdentityCheck",
    "IdentityKey",
    "Invitation",
    "KnownAddress",
    "KnownBrowser",
    "Membership",
    "Offboarding",
    "Organisation",
    "Passkey",
    "PasskeyChallenge",
    "PatientInvitation",
    "PeopleImport",
    "Person",
    "Policy",
    "ProviderAccount",
    "ProviderSignIn",
    "RecoveryCode",
    "RecoveryKit",
    "SignIn",
    "SingleSignOn",
    "SpokenLanguage",
    "TotpSecret",
]
