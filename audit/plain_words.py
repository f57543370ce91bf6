"""What happened to a patient's data, in words for the patient: what somebody did, not what the event is called."""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.events import Event
from audit.labels import event_label
from medicus.lib.actor import Role

PLAIN: dict[str, Promise] = {
    Event.PATIENT_CREATE: gettext_lazy("Created your record"),
    Event.PATIENT_READ: gettext_lazy("Opened your record"),
    Event.FINDING_RECEIVE: gettext_lazy("Added a finding to your record"),
    Event.MESSAGE_EXPORT: gettext_lazy("Took messages about you into your record"),
    Event.MESSAGE_EXPORT_REFUSE: gettext_lazy("Refused messages about you: they are not in your record"),
    Event.GROUP_CREATE: gettext_lazy("Opened a conversation with you"),
    Event.GROUP_ADD_PATIENT: gettext_lazy("Brought you into a conversation"),
    Event.GROUP_LEAVE_BEHIND: gettext_lazy("Removed you from a conversation"),
    Event.CASE_CLOSE: gettext_lazy("Closed a conversation with you"),
    Event.CASE_REOPEN: gettext_lazy("Opened a conversation with you again"),
    Event.IDENTITY_KEY_CERTIFY: gettext_lazy("Set up encrypted conversations"),
    Event.DEVICE_REGISTER: gettext_lazy("Set up a browser for encrypted conversations"),
    Event.DEVICE_REVOKE: gettext_lazy("Ended a browser's encrypted conversations"),
    Event.FINDING_CLEAN: gettext_lazy("Checked a finding and released it"),
    Event.FINDING_REJECT: gettext_lazy("Checked a finding and rejected it"),
    Event.FINDING_READ: gettext_lazy("Looked at a finding"),
    Event.FINDING_SHARE: gettext_lazy("Shared a finding with another hospital"),
    Event.FINDING_UNSHARE: gettext_lazy("Ended the sharing of a finding"),
    Event.FINDING_SHRED: gettext_lazy("Destroyed a finding"),
    Event.INVITATION_CREATE: gettext_lazy("Invited you to sign in"),
    Event.INVITATION_BEGIN: gettext_lazy("Opened your invitation"),
    Event.INVITATION_ACCEPT: gettext_lazy("Took up the invitation"),
    Event.INVITATION_REVOKE: gettext_lazy("Withdrew your invitation"),
    Event.INVITATION_REFUSE: gettext_lazy("Tried to use your invitation and was refused"),
    Event.PATIENT_LINK: gettext_lazy("Connected the account with your record"),
    Event.PATIENT_UNLINK: gettext_lazy("Ended the access to your record"),
    Event.IDENTITY_LEVEL_RAISE: gettext_lazy("Checked your identity in person"),
    Event.IDENTITY_LEVEL_LOWER: gettext_lazy("Took the check of your identity back"),
    Event.ACCESS_INQUIRY_ASK: gettext_lazy("Asked about an access"),
    Event.ACCESS_INQUIRY_ANSWER: gettext_lazy("Answered the inquiry about an access"),
    Event.AUDIT_READ: gettext_lazy("Looked at this list of accesses"),
}


def plain_label(event: str) -> str:
    """What somebody did to the reader's data."""
    return str(PLAIN[event]) if event in PLAIN else event_label(event)


def who_acted(name: str | None, roles: Sequence[str]) -> str:
    """Who did it. name: None where no person acted, empty where nobody knows the person any more."""
    if name is not None:
        return name or _("Somebody whose name was erased")
    if Role.SERVICE in roles:
        return _("A system of the hospital")
    return _("The service itself") if Role.SYSTEM in roles else _("Somebody who was not signed in")
