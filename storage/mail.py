"""Letters about emergency accesses and inquiries, where a mail server is configured. They name no patient."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from identity.mail import send


def send_review_due(*, email: str, language: str) -> None:
    """Tell an administrator that somebody has opened a protected folder in an emergency."""
    with translation.override(language):
        text = _(
            "Somebody of your organisation has opened a protected folder in an emergency. The review is open until "
            "you close it:\n\n%(link)s"
        )
        send(email, _("Medicus: an emergency access to review"), text % {"link": _reviews()})


def send_to_patient(*, email: str, language: str, hospital: str) -> None:
    """Tell a patient who signs in here that their protected folder was opened in an emergency."""
    with translation.override(language):
        text = _(
            "Somebody at %(hospital)s who treats patients has opened your protected folder in an emergency. Who it was, and "
            "when, stands on your own page:\n\n%(link)s"
        )
        words = {"hospital": hospital, "link": f"{settings.ORIGIN}/"}
        send(email, _("Medicus: your folder was opened in an emergency"), text % words)


def send_answered(*, email: str, language: str, hospital: str) -> None:
    """Tell a patient that a hospital has answered their inquiry about an access; not what."""
    with translation.override(language):
        text = _(
            "%(hospital)s has answered your inquiry about an access to your data. The answer stands on your own page:"
            "\n\n%(link)s"
        )
        words = {"hospital": hospital, "link": f"{settings.ORIGIN}/"}
        send(email, _("Medicus: there is an answer to your inquiry"), text % words)


def _reviews() -> str:
    return f"{settings.ORIGIN}/administration/emergency-accesses/"
