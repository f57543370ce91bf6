"""Mail to people, where a mail server is configured. The link is shown to the administrator in any case."""

import logging
from datetime import datetime

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
    try:
        send_mail(subject, text % words, None, [email])
    except OSError as error:
        log.warning("mail server away: %s", type(error).__name__)
