"""Ending one's own sessions from another one; and the password, whose change ends them."""

import uuid

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from audit import actions as audit
from audit.events import Event
from identity import sessions
from identity.access.account import live_sessions, own_session
from identity.actions.people import set_password
from identity.models import Person
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


def end_session(*, by: Actor, sign_in_id: uuid.UUID) -> None:
    """End a session of the acting person: its row is gone, so every tab and socket of it ends, too.

    Raises:
        NotFound: absent, over, or somebody else's.
    """
    found = own_session(by=by, sign_in_id=sign_in_id)
    with transaction.atomic():
        Session.objects.filter(session_key=found.session_key).delete()
        callbacks.call("signed-out", device_ids=[found.device_id] if found.device_id else [])
        audit.record(
            Event.SESSION_END,
            by=by,
            subject=f"person/{by.person_id}",
            details={"session": str(sign_in_id)},
        )


def end_other_sessions(*, by: Actor, session: SessionBase) -> int:
    """End every session of the acting person but this one, also those that have passed the password only.

    Returns how many complete ones there were.

    Raises:
        NotFound: nobody acts.
    """
    if by.person_id is None:
        raise NotFound
    live = [found for found, _ in live_sessions(by=by) if found.session_key != session.session_key]
    others = [found.session_key for found in live]
    devices = {found.device_id for found in live if found.device_id} - {by.device_id}
    with transaction.atomic():
        person = Person.objects.select_for_update().get(id=by.person_id)
        person.auth_version = F("auth_version") + 1
        person.save(update_fields=["auth_version"])
        person.refresh_from_db(fields=["auth_version"])
        sessions.stay(session, auth_version=person.auth_version)
        session.save()
        Session.objects.filter(session_key__in=others).delete()
        callbacks.call("signed-out", device_ids=list(devices))
        audit.record(
            Event.SESSION_END_OTHERS,
            by=by,
            subject=f"person/{by.person_id}",
            details={"sessions": len(others)},
        )
    return len(others)


def change_password(*, by: Actor, session: SessionBase, password: str) -> None:
    """Set the acting person's password; every session but this one ends.

    Raises:
        Invalid: too weak; `errors["password"]` says why.
        NotFound: nobody acts.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    if by.person_id is None:
        raise NotFound
    with transaction.atomic():
        set_password(by=by, person_id=by.person_id, password=password)
        version = Person.objects.values_list("auth_version", flat=True).get(id=by.person_id)
        sessions.stay(session, auth_version=version)
        session.save()
