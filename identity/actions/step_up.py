"""A second factor shown anew in an open session, before a dangerous act (see `medicus.lib.freshness`)."""

from dataclasses import replace

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from audit import actions as audit
from audit.events import Event
from identity import sessions
from identity.actions import sign_ins
from identity.actions.passkeys import follow_challenges
from identity.actions.proofs import check_proof
from identity.proof import Proof
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound


def confirm_presence(*, by: Actor, session: SessionBase, proof: Proof) -> Actor:
    """Check a second factor of who is signed in; the session goes on under a new key, and is fresh.

    Returns the actor, who may now do what is dangerous.

    Raises:
        NotFound: nobody is signed in with both factors.
        Invalid, TooManyAttempts: see `check_proof`.
    """
    if by.person_id is None or by.membership_id is None:
        raise NotFound
    check_proof(by=by, session=session, proof=proof)
    before = session.session_key
    with transaction.atomic():
        sign_ins.follow(session, lambda: sessions.confirm(session, way=proof.way))
        session.save()
        follow_challenges(before=before, session=session)
        audit.record(
            Event.SECOND_FACTOR_REPEAT, by=by, subject=f"person/{by.person_id}", details={"way": proof.way}
        )
    return replace(by, verified_at=sessions.verified_at(session))
