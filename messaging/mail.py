"""Letters about urgent messages and reports, where a mail server is configured. They name no person, no role and no text."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from identity.mail import send


def send_asked(*, email: str, language: str) -> None:
    """Tell somebody that an urgent message waits for their acknowledgement."""
    with translation.override(language):
        text = _(
            "An urgent message waits for your acknowledgement. Please open Medicus:\n\n%(link)s\n\n"
            "If you do not acknowledge it in time, the next person of the escalation chain is asked."
        )
        send(email, _("Medicus: an urgent message waits for you"), text % {"link": _conversations()})


def send_handed_over(*, email: str, language: str) -> None:
    """Tell who has begun a duty that an urgent message to their role is open."""
    with translation.override(language):
        text = _("You hold a role now to which an urgent message is open. Please open Medicus:\n\n%(link)s")
        send(email, _("Medicus: an urgent message to your role is open"), text % {"link": _conversations()})


def send_exhausted(*, email: str, language: str) -> None:
    """Tell the sender of an urgent message that nobody of the chain has answered."""
    with translation.override(language):
        text = _(
            "Nobody has acknowledged your urgent message, and nobody is left to be asked. Please take another way, "
            "for example the telephone:\n\n%(link)s"
        )
        send(email, _("Medicus: nobody has answered your urgent message"), text % {"link": _conversations()})


def send_report_waits(*, email: str, language: str) -> None:
    """Tell an administrator that somebody was reported."""
    with translation.override(language):
        text = _(
            "Somebody was reported, and your hospital is to look at it. Please open Medicus:\n\n%(link)s"
        )
        link = f"{settings.ORIGIN}{reverse('messaging:reports')}"
        send(email, _("Medicus: a report waits to be looked at"), text % {"link": link})


def _conversations() -> str:
    return f"{settings.ORIGIN}/conversations/"
