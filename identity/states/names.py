"""What people call each value of the closed sets."""

from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.states.codes import (
    ApiKeyState,
    ConnectionType,
    Function,
    IdentityDocument,
    IdentityLevel,
    ImportState,
    InvitationState,
    KeyDoubt,
    MembershipState,
    OffboardingReason,
    OffboardingStep,
    Refusal,
    StaffFilter,
    Way,
    WithdrawalReason,
)
from medicus.lib.actor import Scope

FUNCTION_NAMES: dict[str, Promise] = {
    Function.PHYSICIAN: _("Physician"),
    Function.NURSE: _("Nurse"),
    Function.MTR: _("Radiographer"),
    Function.ADMINISTRATION: _("Administration"),
    Function.IT: _("IT"),
    Function.PATIENT: _("Patient"),
}

CONNECTION_NAMES: dict[str, Promise] = {
    ConnectionType.KIM: _("KIM address"),
    ConnectionType.TIM: _("TI-Messenger address"),
    ConnectionType.FHIR: _("FHIR server"),
    ConnectionType.DICOM_WEB: _("DICOMweb server"),
}

WAY_NAMES: dict[str, Promise] = {
    Way.PASSWORD: _("Password"),
    Way.TOTP: _("Password and code of the app"),
    Way.RECOVERY_CODE: _("Password and recovery code"),
    Way.PASSKEY: _("Password and passkey"),
    Way.PASSKEY_ALONE: _("Passkey"),
    Way.PROVIDER: _("Single sign-on"),
    Way.PROVIDER_TOTP: _("Single sign-on and code of the app"),
    Way.PROVIDER_RECOVERY_CODE: _("Single sign-on and recovery code"),
    Way.PROVIDER_PASSKEY: _("Single sign-on and passkey"),
}


def way_name(way: str) -> str:
    """What people call a way to sign in, in the language of the request."""
    return str(WAY_NAMES.get(way, way))


STATE_NAMES: dict[str, Promise] = {
    MembershipState.PLANNED: _("Not yet valid"),
    MembershipState.ACTIVE: _("Active"),
    MembershipState.DEACTIVATED: _("Deactivated"),
    MembershipState.ENDED: _("Ended"),
}

OFFBOARDING_REASONS: dict[str, Promise] = {
    OffboardingReason.LEFT: _("Leaves the organisation"),
    OffboardingReason.LAST_DAY: _("The last day has passed"),
    OffboardingReason.PROVISIONING: _("Not active any more in the organisation's own list of people"),
    OffboardingReason.MISUSE: _("Suspicion of misuse"),
    OffboardingReason.LOST: _("Device or keys lost"),
}

OFFBOARDING_STEPS: dict[str, Promise] = {
    OffboardingStep.BEGIN: _("Offboarding begun"),
    OffboardingStep.END_ACCESS: _("Access to the organisation ended"),
    OffboardingStep.END_SESSIONS: _("Sessions ended"),
    OffboardingStep.REVOKE_KEY: _("Identity key revoked"),
    OffboardingStep.REVOKE_DEVICES: _("Devices revoked"),
    OffboardingStep.WITHDRAW_INVITATIONS: _("Invitation links withdrawn"),
    OffboardingStep.REVOKE_API_KEYS: _("API keys revoked that the person has made"),
}

FILTER_NAMES: dict[str, Promise] = {
    StaffFilter.NEVER_SIGNED_IN: _("Never signed in"),
    StaffFilter.NO_SECOND_FACTOR: _("Without second factor"),
    StaffFilter.INACTIVE: _("Inactive"),
    StaffFilter.EXPIRING: _("Ends within 30 days"),
}

INVITATION_NAMES: dict[str, Promise] = {
    InvitationState.OPEN: _("Sent, not opened yet"),
    InvitationState.BEGUN: _("Opened"),
    InvitationState.ACCEPTED: _("Accepted"),
    InvitationState.REVOKED: _("Revoked"),
}

IDENTITY_LEVEL_NAMES: dict[str, Promise] = {
    IdentityLevel.LINK_AND_CODE: _("By link and code"),
    IdentityLevel.IN_PERSON: _("Checked in person"),
}

IDENTITY_DOCUMENT_NAMES: dict[str, Promise] = {
    IdentityDocument.IDENTITY_CARD: _("Identity card"),
    IdentityDocument.PASSPORT: _("Passport"),
    IdentityDocument.RESIDENCE_PERMIT: _("Residence permit"),
}

WITHDRAWAL_REASONS: dict[str, Promise] = {
    WithdrawalReason.MISTAKE: _("It was a mistake"),
    WithdrawalReason.DOUBT: _("Doubts about who signs in"),
    WithdrawalReason.WISH: _("The patient wishes it"),
    WithdrawalReason.MISUSE: _("Suspicion of misuse"),
    WithdrawalReason.ENDED: _("The access has ended"),
}

IMPORT_NAMES: dict[str, Promise] = {
    ImportState.CHECKED: _("Checked, not started"),
    ImportState.QUEUED: _("Waits"),
    ImportState.RUNNING: _("Running"),
    ImportState.DONE: _("Done"),
    ImportState.FAILED: _("Broken off"),
    ImportState.UNDONE: _("Undone"),
}

API_KEY_NAMES: dict[str, Promise] = {
    ApiKeyState.ACTIVE: _("Active"),
    ApiKeyState.EXPIRED: _("Expired"),
    ApiKeyState.REVOKED: _("Revoked"),
}

SCOPE_NAMES: dict[str, Promise] = {
    Scope.SCIM: _("Manage people and departments (SCIM)"),
    Scope.PEOPLE_READ: _("Read people and departments"),
    Scope.AUDIT_READ: _("Read the audit log"),
    Scope.DIRECTORY_READ: _("Read the directory (FHIR)"),
}

REFUSALS: dict[str, Promise] = {
    Refusal.UNKNOWN: _(
        "This link is not one of ours. Perhaps a part of it is missing: please copy all of it."
    ),
    Refusal.USED: _("This link has been used already. If that was you, simply sign in."),
    Refusal.REVOKED: _("This link does not hold any more: it was withdrawn, or replaced by a newer one."),
    Refusal.EXPIRED: _("This link has expired. Your administrator can send you a new one."),
    Refusal.OTHER_BROWSER: _(
        "This link was opened in another browser before. Please go on there. If that was not you, tell your administrator at once."
    ),
    Refusal.NOT_BEGUN: _("Please open the link first."),
    Refusal.NOT_YET: _("Your access has not begun yet. Please open the link again when it has."),
    Refusal.NO_ACCESS: _("Your access has ended. Please ask your administrator."),
    Refusal.CODE: _("This code is not right."),
    Refusal.CODES: _(
        "The code was wrong too often, so this link is void. Your hospital can make you a new one."
    ),
    Refusal.ADDRESS: _(
        "There is an account with this address already. If it is yours, please sign in with it; if not, take another address."
    ),
    Refusal.OTHER_ACCOUNT: _(
        "This account cannot take up the invitation: it belongs to somebody who works in a hospital, or has a "
        "record of this hospital already. Please use another account."
    ),
}


def function_name(function: str) -> str:
    """What people call a function, in the language of the request."""
    return str(FUNCTION_NAMES.get(function, function))


def scope_name(scope: str) -> str:
    """What people call a permission of an API key, in the language of the request."""
    return str(SCOPE_NAMES.get(scope, scope))


KEY_DOUBTS: dict[str, Promise] = {
    KeyDoubt.UNKNOWN_KEY: _("An identity key that the browser did not make"),
    KeyDoubt.UNKNOWN_DEVICE: _("A device that nobody there added"),
    KeyDoubt.MISSING: _("An event is missing"),
    KeyDoubt.ROLLED_BACK: _("The log is shorter than before"),
    KeyDoubt.FORKED: _("The log does not continue what it was before"),
    KeyDoubt.UNPROVEN: _("A proof is wrong"),
    KeyDoubt.OTHER_LOG: _("The log is signed by another key"),
}


def words_of(codes: Collection[str]) -> dict[str, str]:
    """What those of these codes are called that are ours, for the pages of the audit log."""
    names = FUNCTION_NAMES | OFFBOARDING_REASONS | OFFBOARDING_STEPS | IDENTITY_DOCUMENT_NAMES
    names = names | IDENTITY_LEVEL_NAMES | WITHDRAWAL_REASONS | KEY_DOUBTS
    return {code: str(names[code]) for code in codes if code in names}
