"""Breaking the glass: a protected folder is opened in an emergency, for an hour, and somebody else reviews it.

It opens only what the hospital itself holds the keys of. Conversations are encrypted between devices; no emergency
opens them."""

import uuid
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.people import administrators_of
from identity.actions import attempts
from identity.names import search_form
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh
from storage import mail
from storage.access.emergencies import (
    EmergencyCard,
    Sought,
    emergency_card,
    emergency_row,
    reviewable_row,
    seal_words,
)
from storage.access.guarding import regularly
from storage.access.patient_links import holding_link
from storage.access.patients import IDENTIFIER_INDEX, open_patients
from storage.keys.attributes import keyring
from storage.models import EmergencyAccess, Patient
from storage.states import (
    EMERGENCY_ACCESS,
    REVIEW_TRANSITIONS,
    EmergencyReason,
    ReviewState,
    sources,
)

LASTS = timedelta(hours=1)
LEAST_WORDS, MOST_WORDS = 10, 1000


def begin_emergency_access(*, by: Actor, sought: Sought, reason: str, account: str) -> EmergencyCard:
    """Open one protected folder of the own hospital for an hour; an access that lasts is given again.

    account: why, in words of the actor's own; whoever reviews it reads them.

    Raises:
        NotFound: the actor treats nobody.
        FreshFactorRequired: the second factor was shown too long ago.
        Invalid: no such patient or several, no reason, no account.
        Conflict: the folder is open to the actor anyway; `extra["patient"]` is its id.
        TooManyAttempts: too many were sought that are not there.
    """
    if by.organisation_id is None or by.membership_id is None or not by.has(Role.CLINICIAN):
        raise NotFound
    require_fresh(by)
    chosen, words = _reason(reason), _words(account, "account")
    row = _sought(by, sought)
    if Patient.objects.filter(regularly(by), id=row.id).exists():
        raise Conflict(_("This folder is open to you without an emergency."), patient=str(row.id))
    with transaction.atomic():
        Patient.objects.select_for_update().get(id=row.id)
        lasting = EmergencyAccess.objects.filter(
            patient=row, membership=by.membership_id, ends_at__gt=now()
        ).first()
        if lasting is None:
            lasting = _insert(row, by.membership_id, by, chosen, words)
    return emergency_card(lasting, by=by)


def _insert(
    row: Patient, membership_id: uuid.UUID, by: Actor, reason: EmergencyReason, account: str
) -> EmergencyAccess:
    at = now()
    made = EmergencyAccess(
        patient=row,
        membership_id=membership_id,
        reason=reason.value,
        begun_at=at,
        ends_at=at + LASTS,
        state=ReviewState.OPEN.value,
    )
    made.sealed_account = seal_words(keyring([row.organisation_id]), made, "account", account)
    made.save(force_insert=True)
    _record(Event.EMERGENCY_BEGIN, by, made, {"reason": reason.value})
    _tell(made)
    return made


def _tell(made: EmergencyAccess) -> None:
    """Who reviews it, and the patient where they sign in here."""
    for person in administrators_of(organisation_id=made.patient.organisation_id):
        transaction.on_commit(partial(mail.send_review_due, email=person.email, language=person.language))
    link = holding_link(made.patient)
    if link is not None:
        patient = link.membership.person
        hospital = made.patient.organisation.name
        told = partial(
            mail.send_to_patient, email=patient.email, language=patient.language, hospital=hospital
        )
        transaction.on_commit(told)


def _sought(by: Actor, sought: Sought) -> Patient:
    """The one patient of the hospital who is meant, also under protection. Misses are counted and recorded."""
    assert by.person_id
    limits = attempts.emergency_limits(person_id=by.person_id)
    attempts.count(limits)
    found = _by_number(by, sought.number) if sought.number.strip() else _by_birth(by, sought)
    if len(found) == 1:
        attempts.give_back(limits)
        return found[0]
    with transaction.atomic():
        audit.record(Event.EMERGENCY_REFUSE, by=by, details={"results": len(found)})
    if found:
        raise Invalid(errors={"number": _("Several patients fit. Please give the patient number.")})
    raise Invalid(
        errors={
            "number": _("Your hospital has no such patient. Please check number, name and date of birth.")
        }
    )


def _by_number(by: Actor, number: str) -> list[Patient]:
    assert by.organisation_id
    index = keyring([by.organisation_id]).blind_index(by.organisation_id, IDENTIFIER_INDEX, number)
    return list(_own(by).filter(identifier_index=index))


def _by_birth(by: Actor, sought: Sought) -> list[Patient]:
    if not sought.family_name.strip() or sought.born_on is None:
        raise Invalid(
            errors={"number": _("Please give the patient number, or family name and date of birth.")}
        )
    rows, wanted = list(_own(by)), search_form(sought.family_name)
    return [
        row
        for row, card in zip(rows, open_patients(rows), strict=True)
        if card.born_on == sought.born_on and search_form(card.family_name) == wanted
    ]


def _own(by: Actor) -> QuerySet[Patient]:
    return Patient.objects.select_related("organisation", "guarded_by").filter(
        organisation=by.organisation_id
    )


def _reason(reason: str) -> EmergencyReason:
    try:
        return EmergencyReason(reason)
    except ValueError:
        raise Invalid(errors={"reason": _("Please choose a reason.")}) from None


def _words(text: str, field: str) -> str:
    words = text.strip()
    if len(words) < LEAST_WORDS:
        raise Invalid(
            errors={field: _("Please write at least %(count)d characters.") % {"count": LEAST_WORDS}}
        )
    if len(words) > MOST_WORDS:
        raise Invalid(errors={field: _("At most %(count)d characters.") % {"count": MOST_WORDS}})
    return words


def end_emergency_access(*, by: Actor, emergency_id: uuid.UUID) -> EmergencyCard:
    """End one's own access before its time. The review stays open.

    Raises:
        NotFound: absent, or somebody else's.
        Conflict: it is over.
    """
    with transaction.atomic():
        row, at = emergency_row(by=by, emergency_id=emergency_id), now()
        if not EmergencyAccess.objects.filter(id=row.id, ends_at__gt=at).update(ends_at=at):
            raise Conflict(_("This access is over already."))
        _record(Event.EMERGENCY_END, by, row, {})
    return emergency_card(row, by=by)


def review_emergency_access(*, by: Actor, emergency_id: uuid.UUID, state: str, note: str) -> EmergencyCard:
    """Close a review. An access that lasts and was not justified ends at once.

    state: justified or unjustified.

    Raises:
        NotFound: absent, another organisation's, or not an administrator.
        FreshFactorRequired: the second factor was shown too long ago.
        Invalid: no such state, no note.
        Conflict: it is closed, or the access was the actor's own.
    """
    row = reviewable_row(by=by, emergency_id=emergency_id)
    require_fresh(by)
    if row.membership.person_id == by.person_id:
        raise Conflict(_("Somebody else must review your own access."))
    found, words, at = _finding(state), _words(note, "note"), now()
    sealed = seal_words(keyring([row.patient.organisation_id]), row, "note", words)
    with transaction.atomic():
        open_still = EmergencyAccess.objects.filter(id=row.id, state__in=sources(REVIEW_TRANSITIONS, found))
        if not open_still.update(
            state=found.value, reviewed_by=by.person_id, reviewed_at=at, sealed_note=sealed
        ):
            raise Conflict(_("This review is closed already."))
        if found == ReviewState.UNJUSTIFIED:
            EmergencyAccess.objects.filter(id=row.id, ends_at__gt=at).update(ends_at=at)
        _record(Event.EMERGENCY_REVIEW, by, row, {"outcome": found.value})
    return emergency_card(row, by=by)


def _finding(state: str) -> ReviewState:
    if state in (ReviewState.JUSTIFIED, ReviewState.UNJUSTIFIED):
        return ReviewState(state)
    raise Invalid(errors={"state": _("Please choose what you found.")})


def _record(event: Event, by: Actor, row: EmergencyAccess, details: dict[str, str]) -> None:
    audit.record(
        event,
        by=by,
        subject=f"patient/{row.patient_id}",
        patient=str(row.patient_id),
        purpose=EMERGENCY_ACCESS,
        details={"emergency": str(row.id)} | details,
    )
