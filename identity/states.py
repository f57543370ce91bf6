"""Closed sets of `identity`, and what each value is called."""

from collections.abc import Collection
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from medicus.lib.actor import Scope


class OrganisationKind(StrEnum):
    HOSPITAL = "hospital"
    CLINIC = "clinic"
    PRACTICE = "practice"
    OPERATOR = "operator"
    """The platform's own: its people check applications; nobody finds it or them."""


APPLYING = (OrganisationKind.HOSPITAL, OrganisationKind.CLINIC, OrganisationKind.PRACTICE)
"""The kinds that may register."""


class Function(StrEnum):
    """What a person does in an organisation (FHIR PractitionerRole.code)."""

    PHYSICIAN = "physician"
    NURSE = "nurse"
    MTR = "radiographer"
    ADMINISTRATION = "administration"
    IT = "it"
    PATIENT = "patient"


CLINICAL = frozenset({Function.PHYSICIAN, Function.NURSE, Function.MTR})
"""The functions that treat patients: they act in the role of a clinician."""

STAFF = frozenset(Function) - {Function.PATIENT}
"""The functions whose holders stand in the directory."""


class Way(StrEnum):
    """How somebody signed in, or tried to."""

    PASSWORD = "password"  # noqa: S105 (a way, not one)
    """Refused at the password: no way of a completed sign-in."""
    TOTP = "totp"
    RECOVERY_CODE = "recovery-code"
    PASSKEY = "passkey"
    """After a password."""
    PASSKEY_ALONE = "passkey-alone"


PASSKEY_WAYS = frozenset({Way.PASSKEY, Way.PASSKEY_ALONE})


class SecondFactorPolicy(StrEnum):
    """Which second factors an organisation accepts of its people."""

    ANY = "any"
    PASSKEY_ADMINISTRATORS = "passkey-administrators"
    PASSKEY_ALL = "passkey-all"


class StrangersPolicy(StrEnum):
    """Who of an organisation may begin conversations with people of another one."""

    STAFF = "staff"
    PHYSICIANS = "physicians"
    NOBODY = "nobody"


IDLE_MINUTES = (5, 30)
ABSOLUTE_HOURS = (1, 12)
HISTORY_DAYS = (7, 90)
"""What an organisation may choose, from least to most; the most is the service's own, and the default."""


class SignInNotice(StrEnum):
    """What a person is told of a sign-in. Unusual: also from a new network, after many refused attempts."""

    NEW_BROWSER = "new-browser"
    UNUSUAL = "unusual"


class NoticeAnswer(StrEnum):
    MINE = "mine"
    NOT_MINE = "not-mine"


class Ceremony(StrEnum):
    """What a passkey's challenge is for (WebAuthn Level 3 section 7)."""

    CREATE = "create"
    GET = "get"


class MembershipState(StrEnum):
    """What a membership is now: its dates say so, and whether an administrator has deactivated it."""

    PLANNED = "planned"
    ACTIVE = "active"
    DEACTIVATED = "deactivated"
    ENDED = "ended"


MEMBERSHIP_TRANSITIONS: dict[MembershipState, frozenset[MembershipState]] = {
    MembershipState.PLANNED: frozenset(
        {MembershipState.ACTIVE, MembershipState.DEACTIVATED, MembershipState.ENDED}
    ),
    MembershipState.ACTIVE: frozenset(
        {MembershipState.PLANNED, MembershipState.DEACTIVATED, MembershipState.ENDED}
    ),
    MembershipState.DEACTIVATED: frozenset(
        {MembershipState.PLANNED, MembershipState.ACTIVE, MembershipState.ENDED}
    ),
    MembershipState.ENDED: frozenset(
        {MembershipState.PLANNED, MembershipState.ACTIVE, MembershipState.DEACTIVATED}
    ),
}
"""Dates make planned, active and ended; only a deactivation and its undoing are acts of their own. Who was
offboarded is deactivated, too: with a new last day alone, access does not come back."""


class OffboardingReason(StrEnum):
    """Why somebody is offboarded."""

    LEFT = "left"
    LAST_DAY = "last-day"
    PROVISIONING = "provisioning"
    """The hospital's own list of people (SCIM) says that the person is not active any more."""
    MISUSE = "misuse"
    LOST = "lost"
    """Keys or devices are lost, and who has them is not known."""


class OffboardingStep(StrEnum):
    """What an offboarding does here; other apps add steps of their own by the callback "offboarded"."""

    BEGIN = "begin"
    END_ACCESS = "end-access"
    END_SESSIONS = "end-sessions"
    REVOKE_KEY = "revoke-identity-key"
    REVOKE_DEVICES = "revoke-devices"
    WITHDRAW_INVITATIONS = "withdraw-invitations"


class InvitationState(StrEnum):
    """begun: opened in the one browser that may go on. Past its end, an invitation gives nothing any more."""

    OPEN = "open"
    BEGUN = "begun"
    ACCEPTED = "accepted"
    REVOKED = "revoked"


INVITATION_TRANSITIONS: dict[InvitationState, frozenset[InvitationState]] = {
    InvitationState.OPEN: frozenset({InvitationState.BEGUN, InvitationState.REVOKED}),
    InvitationState.BEGUN: frozenset({InvitationState.ACCEPTED, InvitationState.REVOKED}),
    InvitationState.ACCEPTED: frozenset(),
    InvitationState.REVOKED: frozenset(),
}


class ImportState(StrEnum):
    """checked: no row is wrong, and it waits to be started; undone: everybody of it is removed again."""

    CHECKED = "checked"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


IMPORT_TRANSITIONS: dict[ImportState, frozenset[ImportState]] = {
    ImportState.CHECKED: frozenset({ImportState.QUEUED}),
    ImportState.QUEUED: frozenset({ImportState.RUNNING, ImportState.FAILED}),
    ImportState.RUNNING: frozenset({ImportState.RUNNING, ImportState.DONE, ImportState.FAILED}),
    ImportState.DONE: frozenset({ImportState.UNDONE}),
    ImportState.FAILED: frozenset({ImportState.UNDONE}),
    ImportState.UNDONE: frozenset(),
}
"""running → running: the lease has run out, and another worker goes on."""


class ApplicationState(StrEnum):
    """How far an organisation is on its way to being verified.

    checked: one operator has looked at the evidence, and another one decides.
    waived: verified on the machine itself (`manage.py organisation verify`), without this way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    APPROVED = "approved"
    DECLINED = "declined"
    WAIVED = "waived"


APPLICATION_TRANSITIONS: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.DRAFT: frozenset({ApplicationState.SUBMITTED, ApplicationState.WAIVED}),
    ApplicationState.SUBMITTED: frozenset(
        {
            ApplicationState.DRAFT,
            ApplicationState.CHECKED,
            ApplicationState.DECLINED,
            ApplicationState.WAIVED,
        }
    ),
    ApplicationState.CHECKED: frozenset(
        {ApplicationState.APPROVED, ApplicationState.DECLINED, ApplicationState.WAIVED}
    ),
    ApplicationState.DECLINED: frozenset({ApplicationState.SUBMITTED, ApplicationState.WAIVED}),
    ApplicationState.APPROVED: frozenset(),
    ApplicationState.WAIVED: frozenset(),
}
"""submitted → draft: the organisation takes it back to mend it, before anybody has checked it."""


class DomainOutcome(StrEnum):
    """What asking for the TXT record of a domain has shown. unreachable: nothing, for no resolver answered."""

    PROVEN = "proven"
    NOT_FOUND = "not-found"
    OTHER_VALUE = "other-value"
    UNREACHABLE = "unreachable"


class EvidenceKind(StrEnum):
    """What an organisation shows that it is who it says."""

    TELEMATIK_ID = "telematik-id"
    IK = "ik"
    BSNR = "bsnr"
    TRADE_REGISTER = "trade-register"


class JoinState(StrEnum):
    """Of a browser that asks to become a device. Past its end, one that waits gives nothing any more."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


JOIN_TRANSITIONS: dict[JoinState, frozenset[JoinState]] = {
    JoinState.WAITING: frozenset({JoinState.APPROVED, JoinState.REFUSED, JoinState.WITHDRAWN}),
    JoinState.APPROVED: frozenset(),
    JoinState.REFUSED: frozenset(),
    JoinState.WITHDRAWN: frozenset(),
}


class JoinRefusal(StrEnum):
    """Why the person refuses a browser that asks to join."""

    NOT_MINE = "not-mine"
    MISMATCH = "mismatch"
    """The keys that the server delivered are not those that the asking browser showed."""


class Refusal(StrEnum):
    """Why an invitation is refused."""

    UNKNOWN = "unknown"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    OTHER_BROWSER = "other-browser"
    NOT_BEGUN = "not-begun"
    NOT_YET = "not-yet"
    NO_ACCESS = "no-access"


class ApiKeyState(StrEnum):
    """What an API key is now."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ApiKeyRefusal(StrEnum):
    """Why an API key is refused; who sends it is told less."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SCOPE = "scope"
    IN_ADDRESS = "in-address"


class StaffFilter(StrEnum):
    """Which people an administrator looks for."""

    NEVER_SIGNED_IN = "never-signed-in"
    NO_SECOND_FACTOR = "no-second-factor"
    INACTIVE = "inactive"
    EXPIRING = "expiring"


class Speciality(StrEnum):
    """The speciality of a department, after the German further-training regulations for physicians."""

    ANAESTHESIOLOGY = "anaesthesiology"
    CARDIOLOGY = "cardiology"
    DERMATOLOGY = "dermatology"
    EMERGENCY_MEDICINE = "emergency-medicine"
    ENDOCRINOLOGY = "endocrinology"
    GASTROENTEROLOGY = "gastroenterology"
    GENERAL_MEDICINE = "general-medicine"
    GERIATRICS = "geriatrics"
    GYNAECOLOGY = "gynaecology"
    HAEMATO_ONCOLOGY = "haemato-oncology"
    INTERNAL_MEDICINE = "internal-medicine"
    LABORATORY_MEDICINE = "laboratory-medicine"
    NEPHROLOGY = "nephrology"
    NEUROLOGY = "neurology"
    NEUROSURGERY = "neurosurgery"
    OPHTHALMOLOGY = "ophthalmology"
    ORTHOPAEDICS = "orthopaedics"
    OTORHINOLARYNGOLOGY = "otorhinolaryngology"
    PAEDIATRICS = "paediatrics"
    PATHOLOGY = "pathology"
    PNEUMOLOGY = "pneumology"
    PSYCHIATRY = "psychiatry"
    RADIOLOGY = "radiology"
    RADIOTHERAPY = "radiotherapy"
    SURGERY = "surgery"
    UROLOGY = "urology"
    NONE = "none"


FUNCTION_NAMES: dict[str, Promise] = {
    Function.PHYSICIAN: _("Physician"),
    Function.NURSE: _("Nurse"),
    Function.MTR: _("Radiographer"),
    Function.ADMINISTRATION: _("Administration"),
    Function.IT: _("IT"),
    Function.PATIENT: _("Patient"),
}

SPECIALITY_NAMES: dict[str, Promise] = {
    Speciality.ANAESTHESIOLOGY: _("Anaesthesiology"),
    Speciality.CARDIOLOGY: _("Cardiology"),
    Speciality.DERMATOLOGY: _("Dermatology"),
    Speciality.EMERGENCY_MEDICINE: _("Emergency medicine"),
    Speciality.ENDOCRINOLOGY: _("Endocrinology"),
    Speciality.GASTROENTEROLOGY: _("Gastroenterology"),
    Speciality.GENERAL_MEDICINE: _("General medicine"),
    Speciality.GERIATRICS: _("Geriatrics"),
    Speciality.GYNAECOLOGY: _("Gynaecology and obstetrics"),
    Speciality.HAEMATO_ONCOLOGY: _("Haematology and oncology"),
    Speciality.INTERNAL_MEDICINE: _("Internal medicine"),
    Speciality.LABORATORY_MEDICINE: _("Laboratory medicine"),
    Speciality.NEPHROLOGY: _("Nephrology"),
    Speciality.NEUROLOGY: _("Neurology"),
    Speciality.NEUROSURGERY: _("Neurosurgery"),
    Speciality.OPHTHALMOLOGY: _("Ophthalmology"),
    Speciality.ORTHOPAEDICS: _("Orthopaedics and trauma surgery"),
    Speciality.OTORHINOLARYNGOLOGY: _("Otorhinolaryngology"),
    Speciality.PAEDIATRICS: _("Paediatrics"),
    Speciality.PATHOLOGY: _("Pathology"),
    Speciality.PNEUMOLOGY: _("Pneumology"),
    Speciality.PSYCHIATRY: _("Psychiatry"),
    Speciality.RADIOLOGY: _("Radiology"),
    Speciality.RADIOTHERAPY: _("Radiotherapy"),
    Speciality.SURGERY: _("Surgery"),
    Speciality.UROLOGY: _("Urology"),
}


WAY_NAMES: dict[str, Promise] = {
    Way.PASSWORD: _("Password"),
    Way.TOTP: _("Password and code of the app"),
    Way.RECOVERY_CODE: _("Password and recovery code"),
    Way.PASSKEY: _("Password and passkey"),
    Way.PASSKEY_ALONE: _("Passkey"),
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
}


def function_name(function: str) -> str:
    """What people call a function, in the language of the request."""
    return str(FUNCTION_NAMES.get(function, function))


def speciality_name(speciality: str) -> str:
    """What people call a speciality, in the language of the request; empty for none."""
    return str(SPECIALITY_NAMES.get(speciality, ""))


def scope_name(scope: str) -> str:
    """What people call a permission of an API key, in the language of the request."""
    return str(SCOPE_NAMES.get(scope, scope))


def words_of(codes: Collection[str]) -> dict[str, str]:
    """What those of these codes are called that are ours, for the pages of the audit log."""
    names = FUNCTION_NAMES | OFFBOARDING_REASONS | OFFBOARDING_STEPS
    return {code: str(names[code]) for code in codes if code in names}
