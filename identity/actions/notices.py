"""What a person answers to a notice of a sign-in: "it was me", or "it was not me"."""

import uuid
from functools import partial

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction

from audit import actions as audit
from audit.events import Event
from identity import mail, sessions
from identity.access.notices import open_notices
from identity.access.people import administrators_of
from identity.actions.own_sessions import end_other_sessions
from identity.models import KnownBrowser, SignIn
from identity.states import NoticeAnswer
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


def confirm_sign_in(*, by: Actor, session: SessionBase, sign_in_id: uuid.UUID) -> None:
    """Take the acting person's word that a sign-in was their own.

    Raises:
        NotFound: no such notice, answered before, or not one that this browser is asked about.
    """
    with transaction.atomic():
        _answer(by, session, sign_in_id, NoticeAnswer.MINE)
        _record(Event.SIGN_IN_CONFIRM, by, sign_in_id)


def dispute_sign_in(*, by: Actor, session: SessionBase, sign_in_id: uuid.UUID) -> None:
    """Take the acting person's word that a sign-in was not their own: it ends with all other sessions, its browser
    is not known any more, and the administrators of the organisation are told.

    Raises:
        NotFound: as at `confirm_sign_in`.
    """
    with transaction.atomic():
        row = _answer(by, session, sign_in_id, NoticeAnswer.NOT_MINE)
        Session.objects.filter(session_key=row.session_key).delete()
        KnownBrowser.objects.filter(person=by.person_id, first_at__gte=row.at).delete()
        end_other_sessions(by=by, session=session)
        _record(Event.SIGN_IN_DISPUTE, by, sign_in_id)
        for person in administrators_of(organisation_id=by.organisation_id):
            transaction.on_commit(
                partial(
                    mail.send_dispute, email=person.email, language=person.language, person_id=by.person_id
                )
            )


def _answer(by: Actor, session: SessionBase, sign_in_id: uuid.UUID, answer: NoticeAnswer) -> SignIn:
    """One conditional update decides between two answers."""
    state = sessions.full(session)
    if state is None or by.person_id is None:
        raise NotFound
    asked = open_notices(person_id=by.person_id, browser_since=state.browser_since).filter(id=sign_in_id)
    row = asked.first()
    if row is None or not SignIn.objects.filter(id=row.id, answer="").update(answer=answer):
        raise NotFound
    return row


def _record(event: Event, by: Actor, sign_in_id: uuid.UUID) -> None:
    audit.record(event, by=by, subject=f"person/{by.person_id}", details={"session": str(sign_in_id)})
