"""Closed sets of `identity`, and what may follow what."""

from enum import StrEnum


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
    PROVIDER = "sso"
    """By the hospital's single sign-on; its provider has asked for the second factor, too."""
    PROVIDER_TOTP = "sso-totp"
    PROVIDER_RECOVERY_CODE = "sso-recovery-code"
    PROVIDER_PASSKEY = "sso-passkey"
    """By the single sign-on, and then a second factor of Medicus: in the history only, a session holds the factor."""


AFTER_PROVIDER = {
    Way.TOTP: Way.PROVIDER_TOTP,
    Way.RECOVERY_CODE: Way.PROVIDER_RECOVERY_CODE,
    Way.PASSKEY: Way.PROVIDER_PASSKEY,
}
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

AUDIT_YEARS = (3, 10)
"""What an organisation may choose, from least to most; the most is the service's own, and the default."""

CASE_DAYS, CASE_DAYS_DEFAULT = (7, 3650), 30
"""For how long after its closing the messages of a case are kept."""
TALK_DAYS, TALK_DAYS_DEFAULT = (30, 3650), 180
"""How long a message of a direct or team conversation is kept."""


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
    REVOKE_API_KEYS = "revoke-api-keys"


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


class IdentityLevel(StrEnum):
    """How sure a hospital is that who signs in is the patient of its record."""

    LINK_AND_CODE = "link-and-code"
    IN_PERSON = "in-person"


class IdentityDocument(StrEnum):
    """What a patient has shown."""

    IDENTITY_CARD = "identity-card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence-permit"


class WithdrawalReason(StrEnum):
    """Why a check in person is taken back, or a patient's access ended."""

    MISTAKE = "mistake"
    DOUBT = "doubt"
    WISH = "patients-wish"
    MISUSE = "misuse"
    ENDED = "access-ended"
    """Only of checks: they end with the access."""


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


class KeyDoubt(StrEnum):
    """What a browser finds when it checks its person's own keys and devices against the log."""

    UNKNOWN_KEY = "unknown-key"
    UNKNOWN_DEVICE = "unknown-device"
    MISSING = "missing"
    """An event that it has seen, or that of a device it sees, is not in the log."""

    ROLLED_BACK = "rolled-back"
    FORKED = "forked"
    """The log is not a continuation of the one it saw before."""

    UNPROVEN = "unproven"
    OTHER_LOG = "other-log"
    """Signed by another key than before."""


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
    CODE = "code"
    """Of patients: the code was not right, which does not end the link."""
    CODES = "codes"
    """Too many codes were not right, which does."""
    ADDRESS = "address"
    OTHER_ACCOUNT = "other-account"


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


class ConnectionType(StrEnum):
    """What an address in the directory is for (FHIR Endpoint.connectionType)."""

    KIM = "kim"
    TIM = "tim"
    FHIR = "fhir"
    DICOM_WEB = "dicom-web"
