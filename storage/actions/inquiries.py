"""A patient asks about an entry of their log, and the hospital answers in words; the log tells of both."""

import uuid
from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.access import own_entry
from audit.events import Event
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from medicus.lib.freshness import require_fresh
from storage import mail
from storage.access.inquiries import (
    AskedCard,
    InquiryCard,
    inquiry_card,
    inquiry_row,
    inquiry_to_answer,
    seal_words,
)
from storage.access.patient_links import holding_link
from storage.keys.attributes import keyring
from storage.models import AccessInquiry, Patient

MOST_WORDS = 500
LEAST_ANSWER, MOST_ANSWER = 10, 2000


def ask_about_access(*, by: Actor, event_id: uuid.UUID, words: str) -> InquiryCard:
    """Ask the hospital that keeps the record about one entry of the acting patient's log.

    words: the patient's own, at most `MOST_WORDS` characters; may be empty.

    Raises:
        NotFound: absent, about somebody else, or the actor is no patient.
        Invalid: too long.
        Conflict: it was the patient's own look, or an inquiry about it is open.
    """
    record, entry = own_entry(by=by, event_id=event_id)
    question = words.strip()
    if len(question) > MOST_WORDS:
        raise Invalid(errors={"words": _("At most %(count)d characters.") % {"count": MOST_WORDS}})
    if entry.is_you:
        raise Conflict(_("This was you."))
    with transaction.atomic():
        rows = Patient.objects.select_for_update(of=("self",)).select_related("organisation")
        patient = rows.get(id=record.patient_id)
        if AccessInquiry.objects.filter(event_id=event_id, answered_at=None).exists():
            raise Conflict(_("You have asked about this already. The hospital has not answered yet."))
        made = AccessInquiry(patient=patient, event_id=event_id, asked_at=now())
        made.sealed_question = seal_words(keyring([patient.organisation_id]), made, "question", question)
        made.save(force_insert=True)
        _record(Event.ACCESS_INQUIRY_ASK, by, made)
    return inquiry_card(made)


def answer_inquiry(*, by: Actor, inquiry_id: uuid.UUID, answer: str) -> AskedCard:
    """Answer a patient in words; they are told by mail that there is an answer.

    Raises:
        NotFound: absent, another organisation's, or not an administrator.
        FreshFactorRequired: the second factor was shown too long ago.
        Invalid: too short or too long.
        Conflict: it is answered, or it is about the actor's own access.
    """
    row = inquiry_row(by=by, inquiry_id=inquiry_id)
    require_fresh(by)
    if inquiry_to_answer(by=by, inquiry_id=inquiry_id).own:
        raise Conflict(_("Somebody else must answer about your own access."))
    sealed = seal_words(keyring([row.patient.organisation_id]), row, "answer", _answer(answer))
    with transaction.atomic():
        waiting = AccessInquiry.objects.filter(id=row.id, answered_at=None)
        if not waiting.update(answered_by=by.person_id, answered_at=now(), sealed_answer=sealed):
            raise Conflict(_("This inquiry is answered already."))
        _record(Event.ACCESS_INQUIRY_ANSWER, by, row)
        _tell(row)
    return inquiry_to_answer(by=by, inquiry_id=inquiry_id)


def forget_inquiries_of(*, by: Actor, person_id: uuid.UUID) -> None:
    """Delete what a patient has asked, and the answers: the patient, or the person who signs in for the record.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    theirs = Q(patient=person_id) | Q(patient__links__membership__person=person_id)
    AccessInquiry.objects.filter(id__in=AccessInquiry.objects.filter(theirs).values("id")).delete()


def forget_inquiries_about(*, by: Actor, event_ids: Collection[uuid.UUID]) -> None:
    """Delete what was asked about entries whose names the log has forgotten.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    AccessInquiry.objects.filter(event_id__in=event_ids).delete()


def _answer(text: str) -> str:
    words = text.strip()
    if len(words) < LEAST_ANSWER:
        least = _("Please write at least %(count)d characters.") % {"count": LEAST_ANSWER}
        raise Invalid(errors={"answer": least})
    if len(words) > MOST_ANSWER:
        raise Invalid(errors={"answer": _("At most %(count)d characters.") % {"count": MOST_ANSWER}})
    return words


def _tell(row: AccessInquiry) -> None:
    link = holding_link(row.patient)
    if link is None:
        return
    person = link.membership.person
    hospital = row.patient.organisation.name
    told = partial(mail.send_answered, email=person.email, language=person.language, hospital=hospital)
    transaction.on_commit(told)


def _record(event: Event, by: Actor, row: AccessInquiry) -> None:
    audit.record(
        event,
        by=by,
        subject=f"patient/{row.patient_id}",
        organisation_id=row.patient.organisation_id,
        patient=str(row.patient_id),
        details={"inquiry": str(row.id), "entry": str(row.event_id)},
    )
