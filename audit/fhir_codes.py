"""What each event is in the words of FHIR: type, subtype, action and outcome of an AuditEvent (R4).

Types and subtypes are DICOM's (PS3.15 A.5.3, codes of PS3.16 CID 400 and 401) or FHIR's REST interactions, as
in the patterns of IHE BALP (https://profiles.ihe.net/ITI/BALP). A test holds that every event has its line.
"""

from enum import StrEnum
from typing import NamedTuple

from audit.events import Event

DCM = "http://dicom.nema.org/resources/ontology/DCM"
AUDIT_EVENT_TYPE = "http://terminology.hl7.org/CodeSystem/audit-event-type"
INTERACTION = "http://hl7.org/fhir/restful-interaction"

Coding = dict[str, str]


class Action(StrEnum):
    """http://hl7.org/fhir/R4/valueset-audit-event-action.html."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class Outcome(StrEnum):
    """http://hl7.org/fhir/R4/valueset-audit-event-outcome.html."""

    SUCCESS = "0"
    MINOR_FAILURE = "4"
    SERIOUS_FAILURE = "8"


class Meaning(NamedTuple):
    type: Coding
    subtype: Coding
    action: Action
    outcome: Outcome = Outcome.SUCCESS


def _dcm(code: str, display: str) -> Coding:
    return {"system": DCM, "code": code, "display": display}


def _rest(interaction: str, action: Action) -> Meaning:
    return Meaning(_REST, {"system": INTERACTION, "code": interaction, "display": interaction}, action)


_REST = {"system": AUDIT_EVENT_TYPE, "code": "rest", "display": "RESTful Operation"}
_AUTHENTICATION = _dcm("110114", "User Authentication")
_EXPORT = _dcm("110106", "Export")
_ALERT = _dcm("110113", "Security Alert")
_LOGIN, _LOGOUT = _dcm("110122", "Login"), _dcm("110123", "Logout")
_ROLES_CHANGED = _dcm("110136", "Security Roles Changed")
_USER_CHANGED = _dcm("110137", "User security Attributes Changed")
_OBJECT_CHANGED = _dcm("110135", "Object Security Attributes Changed")
_SECURITY_SET = _dcm("110129", "Security Configuration")


def _roles(action: Action) -> Meaning:
    return Meaning(_ALERT, _ROLES_CHANGED, action)


_CREATE, _READ = _rest("create", Action.CREATE), _rest("read", Action.READ)
_UPDATE, _DELETE = _rest("update", Action.UPDATE), _rest("delete", Action.DELETE)
_SEARCH = _rest("search-type", Action.EXECUTE)
_USER = Meaning(_ALERT, _USER_CHANGED, Action.UPDATE)
_SECURITY = Meaning(_ALERT, _SECURITY_SET, Action.UPDATE)
_SIGN_IN = Meaning(_AUTHENTICATION, _LOGIN, Action.EXECUTE)
_NOT_SIGNED_IN = Meaning(_AUTHENTICATION, _LOGIN, Action.EXECUTE, Outcome.MINOR_FAILURE)
_ACCESS_CHANGED = Meaning(_ALERT, _OBJECT_CHANGED, Action.UPDATE)
_KEYS_CHANGED = Meaning(_ALERT, _SECURITY_SET, Action.UPDATE)

MEANINGS = {
    Event.ORGANISATION_CREATE: _CREATE,
    Event.ORGANISATION_VERIFY: _UPDATE,
    Event.ORGANISATION_REGISTER: _CREATE,
    Event.ORGANISATION_REGISTER_REFUSE: Meaning(_REST, _CREATE.subtype, Action.CREATE, Outcome.MINOR_FAILURE),
    Event.ORGANISATION_REMOVE: _DELETE,
    Event.DOMAIN_CHECK: _READ,
    Event.EVIDENCE_STATE: _UPDATE,
    Event.APPLICATION_SUBMIT: _UPDATE,
    Event.APPLICATION_WITHDRAW: _UPDATE,
    Event.APPLICATION_CHECK: _UPDATE,
    Event.APPLICATION_APPROVE: _UPDATE,
    Event.APPLICATION_DECLINE: _UPDATE,
    Event.ORGANISATION_KEY_ROTATE: _KEYS_CHANGED,
    Event.ORGANISATION_KEY_REWRAP: _KEYS_CHANGED,
    Event.POLICY_CHANGE: _KEYS_CHANGED,
    Event.DEPARTMENT_CREATE: _CREATE,
    Event.DEPARTMENT_CHANGE: _UPDATE,
    Event.DEPARTMENT_CLOSE: _UPDATE,
    Event.PERSON_CREATE: _CREATE,
    Event.PERSON_REMOVE: _DELETE,
    Event.MEMBERSHIP_CREATE: _roles(Action.CREATE),
    Event.MEMBERSHIP_CHANGE: _roles(Action.UPDATE),
    Event.MEMBERSHIP_DEACTIVATE: _roles(Action.DELETE),
    Event.MEMBERSHIP_REACTIVATE: _roles(Action.CREATE),
    Event.PERSON_OFFBOARD: _roles(Action.DELETE),
    Event.OFFBOARDING_STEP: _ACCESS_CHANGED,
    Event.PEOPLE_IMPORT_CHECK: _READ,
    Event.PEOPLE_IMPORT_START: _CREATE,
    Event.PEOPLE_IMPORT_FINISH: _CREATE,
    Event.PEOPLE_IMPORT_UNDO: _DELETE,
    Event.PEOPLE_EXPORT: Meaning(_EXPORT, _READ.subtype, Action.READ),
    Event.INVITATION_CREATE: _CREATE,
    Event.INVITATION_BEGIN: _UPDATE,
    Event.INVITATION_ACCEPT: _USER,
    Event.INVITATION_REVOKE: _DELETE,
    Event.INVITATION_REFUSE: _NOT_SIGNED_IN,
    Event.PERSON_CHANGE: _USER,
    Event.API_KEY_CREATE: _SECURITY._replace(action=Action.CREATE),
    Event.API_KEY_REVOKE: _SECURITY._replace(action=Action.DELETE),
    Event.API_KEY_REFUSE: _NOT_SIGNED_IN,
    Event.SCIM_REFUSE: _UPDATE._replace(outcome=Outcome.MINOR_FAILURE),
    Event.SINGLE_SIGN_ON_CHANGE: _KEYS_CHANGED,
    Event.SINGLE_SIGN_ON_CHECK: _READ,
    Event.SINGLE_SIGN_ON_TURN_ON: _KEYS_CHANGED,
    Event.SINGLE_SIGN_ON_TURN_OFF: _KEYS_CHANGED,
    Event.PROVIDER_ACCOUNT_BIND: _USER,
    Event.PROVIDER_ACCOUNT_FORGET: _USER,
    Event.SIGN_IN_PASSWORD: _SIGN_IN,
    Event.SIGN_IN_PROVIDER: _SIGN_IN,
    Event.SIGN_IN_PROVIDER_REFUSE: _NOT_SIGNED_IN,
    Event.SIGN_IN_REFUSE: _NOT_SIGNED_IN,
    Event.SIGN_IN_PAUSE: _NOT_SIGNED_IN,
    Event.SIGN_IN_COMPLETE: _SIGN_IN,
    Event.SIGN_IN_NOTICE: Meaning(_ALERT, _LOGIN, Action.EXECUTE),
    Event.SIGN_IN_CONFIRM: _USER,
    Event.SIGN_IN_DISPUTE: Meaning(_ALERT, _LOGIN, Action.EXECUTE, Outcome.SERIOUS_FAILURE),
    Event.MEMBERSHIP_SWITCH: Meaning(_AUTHENTICATION, _ROLES_CHANGED, Action.EXECUTE),
    Event.SIGN_OUT: Meaning(_AUTHENTICATION, _LOGOUT, Action.EXECUTE),
    Event.SESSION_END: Meaning(_AUTHENTICATION, _LOGOUT, Action.EXECUTE),
    Event.SESSION_END_OTHERS: Meaning(_AUTHENTICATION, _LOGOUT, Action.EXECUTE),
    Event.SECOND_FACTOR_ENROL: _USER,
    Event.SECOND_FACTOR_CONFIRM: _USER,
    Event.SECOND_FACTOR_REFUSE: _NOT_SIGNED_IN,
    Event.SECOND_FACTOR_REPEAT: _SIGN_IN,
    Event.SECOND_FACTOR_RESET: _USER,
    Event.PASSKEY_ADD: _USER,
    Event.PASSKEY_RENAME: _USER,
    Event.PASSKEY_REMOVE: _USER,
    Event.PASSKEY_CLONE_WARN: _NOT_SIGNED_IN._replace(outcome=Outcome.SERIOUS_FAILURE),
    Event.RECOVERY_CODES_MAKE: _USER,
    Event.RECOVERY_CODE_USE: _SIGN_IN,
    Event.PASSWORD_SET: _USER,
    Event.PASSWORD_RESET: _USER,
    Event.IDENTITY_KEY_CERTIFY: _USER,
    Event.IDENTITY_KEY_RESET: _USER,
    Event.DEVICE_JOIN_ASK: _USER,
    Event.DEVICE_JOIN_REFUSE: _NOT_SIGNED_IN,
    Event.DEVICE_JOIN_WITHDRAW: _USER,
    Event.DEVICE_APPROVAL_ASK: _USER,
    Event.DEVICE_APPROVAL_APPROVE: _USER,
    Event.DEVICE_APPROVAL_REFUSE: _NOT_SIGNED_IN,
    Event.DEVICE_APPROVAL_WITHDRAW: _USER,
    Event.DEVICE_REGISTER: _USER,
    Event.DEVICE_ATTACH: _SIGN_IN,
    Event.DEVICE_REVOKE: Meaning(_ALERT, _USER_CHANGED, Action.DELETE),
    Event.KEY_LOG_DOUBT: Meaning(_ALERT, _USER_CHANGED, Action.EXECUTE, Outcome.SERIOUS_FAILURE),
    Event.RECOVERY_KIT_MAKE: _USER,
    Event.RECOVERY_KIT_FETCH: _USER,
    Event.RECOVERY_KIT_WITHDRAW: _USER,
    Event.ROLE_CREATE: _CREATE,
    Event.ROLE_CHANGE: _UPDATE,
    Event.ROLE_CLOSE: _UPDATE,
    Event.ROLE_SET_CHAIN: _UPDATE,
    Event.ROLE_TAKE_OVER: _roles(Action.CREATE),
    Event.ROLE_HAND_BACK: _roles(Action.DELETE),
    Event.SHIFT_PLAN: _roles(Action.CREATE),
    Event.SHIFT_CHANGE: _roles(Action.UPDATE),
    Event.SHIFT_REMOVE: _roles(Action.DELETE),
    Event.SHIFT_RESTORE: _roles(Action.CREATE),
    Event.SHIFT_CUT: _roles(Action.UPDATE),
    Event.ROTA_IMPORT_CHECK: _READ,
    Event.ROTA_IMPORT_START: _CREATE,
    Event.ROTA_IMPORT_UNDO: _DELETE,
    Event.DIRECTORY_SEARCH: _SEARCH,
    Event.DIRECTORY_STATE: _UPDATE,
    Event.LANGUAGES_STATE: _UPDATE,
    Event.KEY_PACKAGE_UPLOAD: _CREATE,
    Event.KEY_PACKAGE_CLAIM: _READ,
    Event.GROUP_CREATE: _CREATE,
    Event.GROUP_COMMIT: _ACCESS_CHANGED,
    Event.GROUP_ADD_PATIENT: _ACCESS_CHANGED,
    Event.GROUP_LEAVE_BEHIND: _ACCESS_CHANGED,
    Event.GROUP_UNKNOWN_LEAF: Meaning(_ALERT, _OBJECT_CHANGED, Action.EXECUTE, Outcome.SERIOUS_FAILURE),
    Event.PUSH_SUBSCRIBE: _CREATE,
    Event.PUSH_UNSUBSCRIBE: _DELETE,
    Event.BACKUP_BEGIN: _CREATE,
    Event.BACKUP_MOVE: _UPDATE,
    Event.BACKUP_HAND_OVER: _ACCESS_CHANGED,
    Event.BACKUP_RESTORE: _READ,
    Event.BACKUP_DELETE: _DELETE,
    Event.CONTACT_REQUEST: _CREATE,
    Event.CONTACT_ACCEPT: _UPDATE,
    Event.CONTACT_DECLINE: _UPDATE,
    Event.CONTACT_FORWARD: _UPDATE,
    Event.CONTACT_EXPIRE: _UPDATE,
    Event.PERSON_BLOCK: _CREATE,
    Event.PERSON_UNBLOCK: _DELETE,
    Event.REPORT_MAKE: _CREATE,
    Event.REPORT_LOOK: _READ,
    Event.REPORT_PASS_ON: _UPDATE,
    Event.REPORT_CLOSE: _UPDATE,
    Event.CASE_CLOSE: _UPDATE,
    Event.CASE_REOPEN: _UPDATE,
    Event.CASE_NAME_RECORD: _UPDATE,
    Event.MESSAGE_MARK: _UPDATE,
    Event.MESSAGE_WAIVE: _UPDATE,
    Event.MESSAGE_EXPORT: _CREATE,
    Event.MESSAGE_EXPORT_REFUSE: _UPDATE._replace(outcome=Outcome.MINOR_FAILURE),
    Event.MESSAGE_EXPIRE: _DELETE,
    Event.HOLD_PLACE: _UPDATE,
    Event.HOLD_LIFT: _UPDATE,
    Event.MESSAGE_ACCEPT: _CREATE,
    Event.MESSAGE_ACKNOWLEDGE: _UPDATE,
    Event.MESSAGE_TAKE_OVER: _UPDATE,
    Event.MESSAGE_HAND_BACK: _UPDATE,
    Event.URGENT_ANNOUNCE: _CREATE,
    Event.URGENT_START: _UPDATE,
    Event.URGENT_ESCALATE: _UPDATE,
    Event.URGENT_ACKNOWLEDGE: _UPDATE,
    Event.URGENT_WITHDRAW: _UPDATE,
    Event.URGENT_EXHAUST: _UPDATE._replace(outcome=Outcome.MINOR_FAILURE),
    Event.URGENT_LAPSE: _UPDATE._replace(outcome=Outcome.MINOR_FAILURE),
    Event.URGENT_HAND_OVER: _ACCESS_CHANGED,
    Event.ATTACHMENT_STORE: _CREATE,
    Event.ATTACHMENT_READ: _READ,
    Event.PATIENT_LINK: _CREATE,
    Event.PATIENT_UNLINK: _DELETE,
    Event.IDENTITY_LEVEL_RAISE: _USER,
    Event.IDENTITY_LEVEL_LOWER: _USER,
    Event.PATIENT_CREATE: _CREATE,
    Event.PATIENT_LIST: _SEARCH,
    Event.PATIENT_READ: _READ,
    Event.PATIENT_GUARD: Meaning(_ALERT, _OBJECT_CHANGED, Action.UPDATE),
    Event.PATIENT_RELEASE: Meaning(_ALERT, _OBJECT_CHANGED, Action.UPDATE),
    Event.EMERGENCY_BEGIN: Meaning(_ALERT, _dcm("110127", "Emergency Override Started"), Action.EXECUTE),
    Event.EMERGENCY_END: Meaning(_ALERT, _dcm("110138", "Emergency Override Stopped"), Action.EXECUTE),
    Event.EMERGENCY_REFUSE: Meaning(
        _ALERT, _dcm("110127", "Emergency Override Started"), Action.EXECUTE, Outcome.MINOR_FAILURE
    ),
    Event.EMERGENCY_REVIEW: _UPDATE,
    Event.ACCESS_INQUIRY_ASK: _CREATE,
    Event.ACCESS_INQUIRY_ANSWER: _UPDATE,
    Event.FINDING_RECEIVE: _CREATE,
    Event.FINDING_CLEAN: _UPDATE,
    Event.FINDING_REJECT: _UPDATE._replace(outcome=Outcome.MINOR_FAILURE),
    Event.FINDING_READ: _READ,
    Event.FINDING_SHARE: _ACCESS_CHANGED,
    Event.FINDING_UNSHARE: _ACCESS_CHANGED,
    Event.FINDING_SHRED: _DELETE,
    Event.AUDIT_READ: Meaning(_dcm("110101", "Audit Log Used"), _READ.subtype, Action.READ),
    Event.AUDIT_EXPORT: Meaning(_EXPORT, _READ.subtype, Action.READ),
    Event.AUDIT_ERASE: Meaning(_ALERT, _DELETE.subtype, Action.DELETE),
    Event.AUDIT_DISPUTE: Meaning(_ALERT, _SECURITY_SET, Action.EXECUTE, Outcome.SERIOUS_FAILURE),
}

UNKNOWN = Meaning(_dcm("110100", "Application Activity"), _UPDATE.subtype, Action.EXECUTE)
"""For events of a version whose vocabulary we no longer have."""


def meaning_of(event: str) -> Meaning:
    return MEANINGS.get(event, UNKNOWN)  # type: ignore[call-overload,no-any-return]  # found by its text
