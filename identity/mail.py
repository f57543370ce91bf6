"""Mail to people, where a mail server is configured. The link is shown to the administrator in any case."""

import logging
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


def is_configured() -> bool:
    return bool(settings.EMAIL_HOST)


def link_of(token: str) -> str:
    """The address that an invitation leads to."""
    return f"{settings.ORIGIN}{reverse('identity:invitation')}?{urlencode({'token': token})}"


def send_invitation(
    *, email: str, language: str, organisation_name: str, token: str, expires_at: datetime
) -> None:
    """Send a link to the person, in the person's language. A mail server that is away is only logged."""
    if not is_configured():
        return
    with translation.override(language):
        until = date_format(timezone.localtime(expires_at), "SHORT_DATETIME_FORMAT")
        words = {"hospital": organisation_name, "link": link_of(token), "until": until}
        subject = _("Medicus: your access to %(hospital)s") % words
        text = _(
            "With this link you set your password and your second factor. It works once, until %(until)s, "
            "in the browser in which you open it first:\n\n%(link)s\n\n"
            "If you did not expect this, please tell your IT service desk."
        )
    _send(subject, text % words, email)


def send_sign_in_notice(*, email: str, language: str, at: datetime, origin: str) -> None:
    """Tell a person of a sign-in from a browser that was not known. origin: browser, system, network."""
    if not is_configured():
        return
    with translation.override(language):
        words = {"at": date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT"), "origin": origin}
        words["link"] = settings.ORIGIN + reverse("identity:account")
        text = _(
            "Somebody has signed in to your account from a browser that was not used before: %(at)s, %(origin)s.\n\n"
            "If it was you, there is nothing to do. If it was not you, open Medicus in the browser that you "
            "normally use and press “It was not me”, or call your IT service desk at once:\n\n%(link)s"
        )
        _send(_("Medicus: sign-in from a new browser"), text % words, email)


def send_dispute(*, email: str, language: str, person_id: UUID | None) -> None:
    """Tell an administrator that a person did not know a sign-in to their account. The mail names nobody."""
    if not is_configured():
        return
    with translation.override(language):
        link = f"{settings.ORIGIN}{reverse('audit:events')}?{urlencode({'person': str(person_id)})}"
        text = _(
            "A person of your organisation has reported a sign-in to their account that was not their own. "
            "All sessions but theirs have been ended. Please speak to them and look at the audit log:\n\n%(link)s"
        )
        _send(_("Medicus: a sign-in was reported"), text % {"link": link}, email)


def _send(subject: str, text: str, email: str) -> None:
    """A mail server that is away is only logged."""
    try:
        send_mail(subject, text, None, [email])
    except OSError as error:
        log.warning("mail server away: %s", type(error).__name__)
