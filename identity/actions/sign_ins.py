"""The rows that tell people of their own sign-ins, written with what they tell of."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.sessions.backends.base import SessionBase

from identity import sessions
from identity.access.rules import limits_of
from identity.actions.browsers import recognise
from identity.models import Membership, SignIn
from identity.origin import Origin
from identity.states import AFTER_PROVIDER, Way
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Invalid


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that began: its row, and the cookie by which its browser is known again."""

    row: SignIn
    browser_token: str


def begin_session(
    session: SessionBase, membership: Membership, *, way: Way, origin: Origin, confined: bool = False
) -> Begun:
    """Begin a full session under a new key, with its row; in the caller's transaction.

    confined: it began by single sign-on."""
    person = membership.person
    at = now()
    browser = recognise(person, origin=origin, at=at)
    sessions.begin(
        session,
        person_id=person.id,
        membership_id=membership.id,
        auth_version=person.auth_version,
        previous_sign_in_at=person.last_login,
        browser_since=browser.since,
        way=way,
        limits=limits_of(membership),
        confined=confined,
    )
    session.save()
    shown = AFTER_PROVIDER.get(way, way) if confined else way
    row = _row(person.id, shown, origin, succeeded=True, session_key=session.session_key)
    row.at, row.notice = at, browser.notice
    row.save(force_insert=True)
    return Begun(row, browser.token)


def note_refusal(*, person_id: uuid.UUID | None, way: Way, origin: Origin) -> None:
    """Note a refused attempt, also one on an account that is not there: it must take the same work."""
    _row(person_id, way, origin, succeeded=False).save(force_insert=True)


@contextmanager
def noting_refusal(*, by: Actor, way: Way, origin: Origin) -> Iterator[None]:
    """Note the attempt if what is checked inside is not right."""
    try:
        yield
    except Invalid:
        note_refusal(person_id=by.person_id, way=way, origin=origin)
        raise


def follow(session: SessionBase, change: Callable[[], None]) -> None:
    """Let `change` give the session another key, and keep its row with it."""
    before = session.session_key
    change()
    SignIn.objects.filter(session_key=before).update(session_key=session.session_key)


def _row(
    person_id: uuid.UUID | None, way: Way, origin: Origin, *, succeeded: bool, session_key: str | None = None
) -> SignIn:
    return SignIn(
        person_id=person_id,
        at=now(),
        way=way,
        succeeded=succeeded,
        network=origin.network,
        browser=origin.browser,
        system=origin.system,
        session_key=session_key,
    )
