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
    send(email, subject, text % words)


def patient_link_of(token: str) -> str:
    """The address that a patient's invitation leads to."""
    return f"{settings.ORIGIN}{reverse('identity:patient-invitation')}?{urlencode({'token': token})}"


def send_patient_invitation(
    *, email: str, language: str, organisation_name: str, token: str, expires_at: datetime
) -> None:
    """Send a patient the link, without the code and without a word of why they are a patient."""
    with translation.override(language):
        until = date_format(timezone.localtime(expires_at), "SHORT_DATETIME_FORMAT")
        words = {"hospital": organisation_name, "link": patient_link_of(token), "until": until}
        subject = _("Medicus: your access at %(hospital)s") % words
        text = _(
            "%(hospital)s invites you to see who has looked at your data. Open this link and have the code at hand "
            "that the hospital has given you; without it the link opens nothing. It works once, until %(until)s, "
            "in the browser in which you open it first:\n\n%(link)s\n\n"
            "If you did not expect this, there is nothing to do."
        )
    send(email, subject, text % words)


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
        send(email, _("Medicus: sign-in from a new browser"), text % words)


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
        send(email, _("Medicus: a sign-in was reported"), text % {"link": link})


def send_decision(*, email: str, language: str, organisation_name: str, reason: str) -> None:
    """Tell who has applied that their organisation is verified, or with a reason why not yet."""
    with translation.override(language):
        words = {
            "hospital": organisation_name,
            "link": f"{settings.ORIGIN}/administration/",
            "reason": reason,
        }
        if reason:
            subject = _("Medicus: please mend the application of %(hospital)s") % words
            text = _(
                "The operators of the platform could not approve the application of %(hospital)s yet. Their "
                "reason:\n\n%(reason)s\n\nPlease mend it and submit it again:\n\n%(link)s"
            )
        else:
            subject = _("Medicus: %(hospital)s is verified") % words
            text = _(
                "%(hospital)s is verified. Your people and those of all other verified organisations find each "
                "other from now on. What is left to do stands in your checklist:\n\n%(link)s"
            )
    send(email, subject, text % words)


def send_device_decision(*, email: str, language: str, organisation_name: str, reason: str) -> None:
    """Tell a person that an administrator has approved their new device, or with a reason that they refused it."""
    with translation.override(language):
        words = {"hospital": organisation_name, "reason": reason, "link": f"{settings.ORIGIN}/conversations/"}
        if reason:
            subject = _("Medicus: your new device was refused")
            text = _(
                "An administrator of %(hospital)s has refused your new device. Their reason:\n\n%(reason)s\n\n"
                "If you did not ask yourself, somebody else is signed in as you: please call your IT service desk."
            )
        else:
            subject = _("Medicus: your new device was approved")
            text = _(
                "An administrator of %(hospital)s has approved your new device. Open Medicus in the browser that "
                "waits; it goes on by itself:\n\n%(link)s\n\n"
                "If you did not ask yourself, please call your IT service desk at once."
            )
    send(email, subject, text % words)


def send_known_already(*, email: str, language: str) -> None:
    """Tell who has registered a hospital, or an address, that is known already; the page does not."""
    with translation.override(language):
        subject = _("Medicus: your registration")
        text = _(
            "Somebody has registered a hospital with this address. The hospital, a part of it, or the address is "
            "known to Medicus already, so nothing was made. Please ask your hospital's administrators for an "
            "invitation, or the operator of the platform.\n\nIf that was not you, there is nothing to do."
        )
    send(email, subject, text)


def send(email: str, subject: str, text: str) -> None:
    """Send a letter, where a mail server is named. One that is away is only logged."""
    if not is_configured():
        return
    try:
        send_mail(subject, text, None, [email])
    except OSError as error:
        log.warning("mail server away: %s", type(error).__name__)
