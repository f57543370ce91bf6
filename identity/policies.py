"""The policies of an organisation: their names, what each does, and how what is typed becomes a value.

Only what has an effect stands here; each effect is enforced where its sentence says."""

import ipaddress
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.states import (
    ABSOLUTE_HOURS,
    AUDIT_YEARS,
    CASE_DAYS,
    CASE_DAYS_DEFAULT,
    HISTORY_DAYS,
    IDLE_MINUTES,
    TALK_DAYS,
    TALK_DAYS_DEFAULT,
    NewDevicesPolicy,
    SecondFactorPolicy,
    StrangersPolicy,
)
from medicus.lib.errors import Invalid

MAXIMUM_NETWORKS = 50


class PolicyName(StrEnum):
    """The fields of `Policy`, in the order in which they are shown."""

    SECOND_FACTOR = "second_factor"
    IDLE_MINUTES = "idle_minutes"
    ABSOLUTE_HOURS = "absolute_hours"
    NETWORKS = "networks"
    STRANGERS = "strangers"
    NEW_DEVICES = "new_devices"
    HISTORY_DAYS = "history_days"
    AUDIT_YEARS = "audit_years"
    CASE_DAYS = "case_days"
    TALK_DAYS = "talk_days"


TITLES: dict[str, Promise] = {
    PolicyName.SECOND_FACTOR: gettext_lazy("Second factor"),
    PolicyName.IDLE_MINUTES: gettext_lazy("Sign out after minutes without activity"),
    PolicyName.ABSOLUTE_HOURS: gettext_lazy("Sign in anew after hours"),
    PolicyName.NETWORKS: gettext_lazy("Permitted networks"),
    PolicyName.STRANGERS: gettext_lazy("Conversations with other hospitals"),
    PolicyName.NEW_DEVICES: gettext_lazy("Approval of new devices"),
    PolicyName.HISTORY_DAYS: gettext_lazy("Sign-in history in days"),
    PolicyName.AUDIT_YEARS: gettext_lazy("Names in the audit log in years"),
    PolicyName.CASE_DAYS: gettext_lazy("Messages of a closed case in days"),
    PolicyName.TALK_DAYS: gettext_lazy("Messages of other conversations in days"),
}
EFFECTS: dict[str, Promise] = {
    PolicyName.SECOND_FACTOR: gettext_lazy(
        "Who must use a passkey adds one before anything else, and then no longer gets in with a code of the app."
    ),
    PolicyName.IDLE_MINUTES: gettext_lazy("A browser that nobody touches for this long is signed out."),
    PolicyName.ABSOLUTE_HOURS: gettext_lazy("After this long everybody signs in anew, busy or not."),
    PolicyName.NETWORKS: gettext_lazy(
        "Your people sign in and work only from these addresses; from elsewhere they are refused."
    ),
    PolicyName.STRANGERS: gettext_lazy(
        "Who may begin a conversation with, or invite into one, somebody of another hospital."
    ),
    PolicyName.NEW_DEVICES: gettext_lazy(
        "With an administrator, each new device, also a person's first, works only once an administrator has approved "
        "it: the person reads them a code by telephone. Nobody approves their own, so it takes two administrators. A "
        "device ends after 90 days at the latest; the next one is a new one."
    ),
    PolicyName.HISTORY_DAYS: gettext_lazy(
        "People see their own sign-ins for this long; then they are deleted. The audit log is kept as before."
    ),
    PolicyName.AUDIT_YEARS: gettext_lazy(
        "After this long the audit log forgets who acted and whom an event concerned; events and proofs stay. Never "
        "under three years: so long patients may ask who looked."
    ),
    PolicyName.CASE_DAYS: gettext_lazy(
        "So long after a case was closed its messages and files are kept; then they are deleted, on the server and on "
        "the devices. Where several hospitals take part, the longest of their periods holds. What is marked for the "
        "record or under a legal hold stays."
    ),
    PolicyName.TALK_DAYS: gettext_lazy(
        "So long a message or file of a direct or team conversation is kept; then it is deleted, on the server and on "
        "the devices. Where several hospitals take part, the longest of their periods holds. What is under a legal "
        "hold stays."
    ),
}
BEGINNINGS: dict[str, Promise] = {
    PolicyName.SECOND_FACTOR: gettext_lazy("At once, also for who is signed in."),
    PolicyName.IDLE_MINUTES: gettext_lazy("For everybody from the next sign-in on."),
    PolicyName.ABSOLUTE_HOURS: gettext_lazy("For everybody from the next sign-in on."),
    PolicyName.NETWORKS: gettext_lazy("At once, also for who is signed in."),
    PolicyName.STRANGERS: gettext_lazy("At once; conversations that exist go on."),
    PolicyName.NEW_DEVICES: gettext_lazy(
        "At once, for devices that come. Those that exist stay; set back to the default, waiting ones go on by themselves."
    ),
    PolicyName.HISTORY_DAYS: gettext_lazy("Within minutes. What is deleted does not come back."),
    PolicyName.AUDIT_YEARS: gettext_lazy("Within a day. Names that are removed do not come back."),
    PolicyName.CASE_DAYS: gettext_lazy(
        "Within the hour, also for cases that are closed already. What is deleted does not come back."
    ),
    PolicyName.TALK_DAYS: gettext_lazy(
        "Within the hour, also for messages that exist. What is deleted does not come back."
    ),
}
CHOICES: dict[str, dict[str, Promise]] = {
    PolicyName.SECOND_FACTOR: {
        SecondFactorPolicy.ANY: gettext_lazy("Any: app or passkey"),
        SecondFactorPolicy.PASSKEY_ADMINISTRATORS: gettext_lazy("Administrators: only a passkey"),
        SecondFactorPolicy.PASSKEY_ALL: gettext_lazy("Everybody: only a passkey"),
    },
    PolicyName.STRANGERS: {
        StrangersPolicy.STAFF: gettext_lazy("All staff"),
        StrangersPolicy.PHYSICIANS: gettext_lazy("Physicians only"),
        StrangersPolicy.NOBODY: gettext_lazy("Nobody"),
    },
    PolicyName.NEW_DEVICES: {
        NewDevicesPolicy.OWN: gettext_lazy("The person alone"),
        NewDevicesPolicy.ADMINISTRATOR: gettext_lazy("The person and an administrator"),
    },
}
DEFAULTS: dict[str, Any] = {
    PolicyName.SECOND_FACTOR: SecondFactorPolicy.ANY.value,
    PolicyName.IDLE_MINUTES: IDLE_MINUTES[1],
    PolicyName.ABSOLUTE_HOURS: ABSOLUTE_HOURS[1],
    PolicyName.NETWORKS: [],
    PolicyName.STRANGERS: StrangersPolicy.STAFF.value,
    PolicyName.NEW_DEVICES: NewDevicesPolicy.OWN.value,
    PolicyName.HISTORY_DAYS: HISTORY_DAYS[1],
    PolicyName.AUDIT_YEARS: AUDIT_YEARS[1],
    PolicyName.CASE_DAYS: CASE_DAYS_DEFAULT,
    PolicyName.TALK_DAYS: TALK_DAYS_DEFAULT,
}
BOUNDS = {
    PolicyName.IDLE_MINUTES: IDLE_MINUTES,
    PolicyName.ABSOLUTE_HOURS: ABSOLUTE_HOURS,
    PolicyName.HISTORY_DAYS: HISTORY_DAYS,
    PolicyName.AUDIT_YEARS: AUDIT_YEARS,
    PolicyName.CASE_DAYS: CASE_DAYS,
    PolicyName.TALK_DAYS: TALK_DAYS,
}


def text_of(name: PolicyName, value: Any) -> str:
    """A value as people read it."""
    if name in CHOICES:
        return str(CHOICES[name][value])
    if name is PolicyName.NETWORKS:
        return ", ".join(value) or _("everywhere")
    return str(value)


def read(name: PolicyName, value: Any, *, address: str) -> Any:
    """Check a value as it was sent, and bring it into its form.

    address: of who sets it, who must not lock themselves out; empty for the service itself.

    Raises:
        Invalid: `errors` names the policy.
    """
    if name in CHOICES:
        return _one_of(name, value)
    if name in BOUNDS:
        return _within(name, value)
    return _networks(value, address)


def permits(networks: list[str] | None, address: str) -> bool:
    """Whether an address lies in one of the networks; no networks permit every one."""
    if not networks:
        return True
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in ipaddress.ip_network(network) for network in networks)


def _one_of(name: PolicyName, value: Any) -> str:
    if value not in set(CHOICES[name]):
        raise Invalid(errors={name: _("Please choose one of these.")})
    return str(value)


def _within(name: PolicyName, value: Any) -> int:
    least, most = BOUNDS[name]
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        told = _("Please give a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise Invalid(errors={name: told})
    return int(text)


def _networks(value: Any, address: str) -> list[str]:
    given = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(given, list) or len(given) > MAXIMUM_NETWORKS:
        raise Invalid(errors={PolicyName.NETWORKS: _("Please give at most fifty networks.")})
    found = sorted({_network(str(each)) for each in given})
    if address and not permits(found, address):
        told = _("Your own address %(address)s is not among them: you would lock yourself out.")
        raise Invalid(errors={PolicyName.NETWORKS: told % {"address": address}})
    return found


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        told = _("“%(text)s” is not a network. Write it like 192.0.2.0/24 or 2001:db8::/48.")
        raise Invalid(errors={PolicyName.NETWORKS: told % {"text": text[:60]}}) from None
