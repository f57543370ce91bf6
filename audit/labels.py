"""What each event, each kind of subject and each detail is called, for people."""

from django.utils.translation import gettext_lazy as _

from audit.events import Event

LABELS = {
    Event.ORGANISATION_CREATE: _("Organisation created"),
    Event.ORGANISATION_VERIFY: _("Organisation verified"),
    Event.ORGANISATION_KEY_ROTATE: _("Encryption key of the organisation renewed"),
    Event.ORGANISATION_KEY_REWRAP: _("Encryption key of the organisation wrapped anew"),
    Event.DEPARTMENT_CREATE: _("Department created"),
    Event.DEPARTMENT_CHANGE: _("Department changed"),
    Event.DEPARTMENT_CLOSE: _("Department closed"),
    Event.PERSON_CREATE: _("Account created"),
    Event.MEMBERSHIP_CREATE: _("Membership created"),
    Event.MEMBERSHIP_CHANGE: _("Membership changed"),
    Event.MEMBERSHIP_DEACTIVATE: _("Membership deactivated"),
    Event.MEMBERSHIP_REACTIVATE: _("Membership reactivated"),
    Event.PERSON_REMOVE: _("Account removed"),
    Event.PEOPLE_IMPORT_CHECK: _("List of people checked"),
    Event.PEOPLE_IMPORT_START: _("Import of people started"),
    Event.PEOPLE_IMPORT_FINISH: _("Import of people finished"),
    Event.PEOPLE_IMPORT_UNDO: _("Import of people undone"),
    Event.PEOPLE_EXPORT: _("People exported"),
    Event.INVITATION_CREATE: _("Invitation link made"),
    Event.INVITATION_BEGIN: _("Invitation opened"),
    Event.INVITATION_ACCEPT: _("Invitation accepted"),
    Event.INVITATION_REVOKE: _("Invitation withdrawn"),
    Event.INVITATION_REFUSE: _("Invitation refused"),
    Event.SIGN_IN_PASSWORD: _("Password accepted"),
    Event.SIGN_IN_REFUSE: _("Sign-in refused"),
    Event.SIGN_IN_COMPLETE: _("Signed in"),
    Event.MEMBERSHIP_SWITCH: _("Changed to another organisation"),
    Event.SIGN_OUT: _("Signed out"),
    Event.SESSION_END: _("Session ended from elsewhere"),
    Event.SESSION_END_OTHERS: _("All other sessions ended"),
    Event.SECOND_FACTOR_ENROL: _("Second factor begun"),
    Event.SECOND_FACTOR_CONFIRM: _("Second factor set up"),
    Event.SECOND_FACTOR_REFUSE: _("Second factor refused"),
    Event.SECOND_FACTOR_RESET: _("Second factor reset"),
    Event.PASSKEY_ADD: _("Passkey added"),
    Event.PASSKEY_RENAME: _("Passkey named"),
    Event.PASSKEY_REMOVE: _("Passkey removed"),
    Event.PASSKEY_CLONE_WARN: _("Passkey refused: it may have been copied"),
    Event.RECOVERY_CODES_MAKE: _("Recovery codes made"),
    Event.RECOVERY_CODE_USE: _("Recovery code used"),
    Event.PASSWORD_SET: _("Password set"),
    Event.PASSWORD_RESET: _("Password reset"),
    Event.IDENTITY_KEY_CERTIFY: _("Identity key certified"),
    Event.IDENTITY_KEY_RESET: _("Identity key reset"),
    Event.DEVICE_JOIN_ASK: _("A browser asks to become a device"),
    Event.DEVICE_JOIN_REFUSE: _("A browser was refused as a device"),
    Event.DEVICE_JOIN_WITHDRAW: _("A browser no longer asks to become a device"),
    Event.DEVICE_REGISTER: _("Device registered"),
    Event.DEVICE_ATTACH: _("Device used for a session"),
    Event.DEVICE_REVOKE: _("Device revoked"),
    Event.DIRECTORY_SEARCH: _("Directory searched"),
    Event.KEY_PACKAGE_UPLOAD: _("Key packages uploaded"),
    Event.KEY_PACKAGE_CLAIM: _("Key packages claimed"),
    Event.GROUP_CREATE: _("Conversation created"),
    Event.GROUP_COMMIT: _("Members or keys of a conversation changed"),
    Event.GROUP_LEAVE_BEHIND: _("Member removed from a conversation"),
    Event.GROUP_UNKNOWN_LEAF: _("Unknown device reported in a conversation"),
    Event.MESSAGE_ACCEPT: _("Message accepted"),
    Event.ATTACHMENT_STORE: _("Attachment stored"),
    Event.ATTACHMENT_READ: _("Attachment opened"),
    Event.PATIENT_CREATE: _("Patient created"),
    Event.PATIENT_READ: _("Patient opened"),
    Event.FINDING_RECEIVE: _("Finding received"),
    Event.FINDING_CLEAN: _("Finding checked and released"),
    Event.FINDING_REJECT: _("Finding rejected by the check"),
    Event.FINDING_READ: _("Finding opened"),
    Event.FINDING_SHARE: _("Finding shared"),
    Event.FINDING_UNSHARE: _("Share of a finding ended"),
    Event.FINDING_SHRED: _("Finding destroyed"),
    Event.AUDIT_READ: _("Audit log opened"),
    Event.AUDIT_EXPORT: _("Audit log exported"),
    Event.AUDIT_ERASE: _("Person erased from the audit log"),
    Event.AUDIT_DISPUTE: _("A witness contradicts the audit log"),
}

KINDS = {
    "attachment": _("Attachment"),
    "department": _("Department"),
    "device": _("Device"),
    "device-join": _("Request of a browser"),
    "finding": _("Finding"),
    "group": _("Conversation"),
    "identity-key": _("Identity key"),
    "organisation": _("Organisation"),
    "passkey": _("Passkey"),
    "patient": _("Patient record"),
    "people-import": _("Import of people"),
    "person": _("Person"),
}

FACTS = {
    "added": _("Members added"),
    "approved_by": _("Approved on the device"),
    "changed": _("Changed"),
    "claimed": _("Key packages"),
    "count": _("Number"),
    "devices": _("Devices"),
    "epoch": _("Epoch"),
    "event": _("Event"),
    "event_id": _("Number of the event"),
    "form": _("Form"),
    "function": _("Function"),
    "group": _("Conversation"),
    "identity_key": _("Identity key"),
    "invitation": _("Invitation"),
    "join": _("Request of a browser"),
    "key_packages": _("Key packages"),
    "kind": _("Kind"),
    "last_resort": _("Of these, of last resort"),
    "left": _("Left"),
    "listed": _("Listed"),
    "made": _("Made"),
    "membership": _("Person"),
    "page": _("Page"),
    "people": _("People"),
    "reason": _("Reason"),
    "removed": _("Members removed"),
    "results": _("Results"),
    "scan": _("Malware scan"),
    "seq": _("Message number"),
    "session": _("Number of the session"),
    "sessions": _("Sessions"),
    "share": _("Number of the share"),
    "shown": _("Shown"),
    "since": _("From"),
    "size": _("Size"),
    "size_bytes": _("Bytes"),
    "skipped": _("Left out"),
    "trouble": _("Trouble"),
    "until": _("To"),
    "version": _("Version"),
    "way": _("Way of the sign-in"),
    "witness": _("Witness"),
}
"""What the details of an event are called; a name that is not here is shown as it stands."""
ROLES = {
    "clinician": _("Clinical staff"),
    "admin": _("IT administration"),
    "patient": _("Patient"),
    "operator": _("Operator of the service"),
}


def event_label(event: str) -> str:
    """The event in plain words; its code where a later version has dropped it."""
    return str(LABELS.get(event, event))  # type: ignore[call-overload]  # a StrEnum is found by its text


def kind_label(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def fact_label(name: str) -> str:
    return str(FACTS.get(name, name))


def role_label(role: str) -> str:
    return str(ROLES.get(role, role))
