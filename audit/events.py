"""The vocabulary of audit events, `subject:act`: all of them, for every app, in this one place."""

from enum import StrEnum


class Event(StrEnum):
    """What can have happened. A test holds that each is recorded somewhere, and that no other is."""

    # organisations and people
    ORGANISATION_CREATE = "organisation:create"
    ORGANISATION_VERIFY = "organisation:verify"
    ORGANISATION_KEY_ROTATE = "organisation-key:rotate"
    ORGANISATION_KEY_REWRAP = "organisation-key:rewrap"
    DEPARTMENT_CREATE = "department:create"
    PERSON_CREATE = "person:create"
    MEMBERSHIP_CREATE = "membership:create"
    # sign-in
    SIGN_IN_PASSWORD = "sign-in:password"
    SIGN_IN_REFUSE = "sign-in:refuse"
    SIGN_IN_COMPLETE = "sign-in:complete"
    MEMBERSHIP_SWITCH = "membership:switch"
    SIGN_OUT = "sign-in:end"
    SESSION_END = "session:end"
    SESSION_END_OTHERS = "session:end-others"
    SECOND_FACTOR_ENROL = "second-factor:enrol"
    SECOND_FACTOR_CONFIRM = "second-factor:confirm"
    SECOND_FACTOR_REFUSE = "second-factor:refuse"
    SECOND_FACTOR_RESET = "second-factor:reset"
    PASSKEY_ADD = "passkey:add"
    PASSKEY_RENAME = "passkey:rename"
    PASSKEY_REMOVE = "passkey:remove"
    PASSKEY_CLONE_WARN = "passkey:clone-warn"
    RECOVERY_CODES_MAKE = "recovery-codes:make"
    RECOVERY_CODE_USE = "recovery-codes:use"
    PASSWORD_SET = "password:set"
    # keys and devices
    IDENTITY_KEY_CERTIFY = "identity-key:certify"
    IDENTITY_KEY_RESET = "identity-key:reset"
    DEVICE_REGISTER = "device:register"
    DEVICE_ATTACH = "device:attach"
    DEVICE_REVOKE = "device:revoke"
    # directory
    DIRECTORY_SEARCH = "directory:search"
    # messaging
    KEY_PACKAGE_UPLOAD = "key-package:upload"
    KEY_PACKAGE_CLAIM = "key-package:claim"
    GROUP_CREATE = "group:create"
    GROUP_COMMIT = "group:commit"
    GROUP_LEAVE_BEHIND = "group:remove-member"
    GROUP_UNKNOWN_LEAF = "group:unknown-leaf"
    MESSAGE_ACCEPT = "message:accept"
    ATTACHMENT_STORE = "attachment:store"
    ATTACHMENT_READ = "attachment:read"
    # patients and findings
    PATIENT_CREATE = "patient:create"
    PATIENT_READ = "patient:read"
    FINDING_RECEIVE = "finding:receive"
    FINDING_CLEAN = "finding:clean"
    FINDING_REJECT = "finding:reject"
    FINDING_READ = "finding:read"
    FINDING_SHARE = "finding:share"
    FINDING_UNSHARE = "finding:unshare"
    FINDING_SHRED = "finding:shred"
    # audit itself
    AUDIT_READ = "audit:read"
    AUDIT_EXPORT = "audit:export"
    AUDIT_ERASE = "audit:erase"
