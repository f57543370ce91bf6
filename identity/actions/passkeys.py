"""Passkeys: added, named, removed, and checked; each challenge works once, for the session that asked."""

import hashlib
import os
import uuid
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import ceremonies, sessions
from identity.access.factors import has_totp, own_passkey, own_passkeys
from identity.access.people import person as person_by_id
from identity.actions import attempts
from identity.ceremonies import CeremonyError, Claim
from identity.models import Passkey, PasskeyChallenge, Person
from identity.states import Ceremony
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh
from medicus.lib.ids import new_id

MAXIMUM_PASSKEYS = 10


def registration_options(*, by: Actor, session: SessionBase) -> dict[str, Any]:
    """Begin to add a passkey: options for `navigator.credentials.create`.

    Raises:
        NotFound: nobody is signed in with both factors.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: there are ten already.
    """
    person = _signed_in(by)
    require_fresh(by)
    known = own_passkeys(by=by)
    _require_room(len(known))
    return ceremonies.creation_options(
        challenge=_open_challenge(session, Ceremony.CREATE),
        person_id=person.id,
        email=person.email,
        name=person.name,
        known=[bytes(passkey.credential_id) for passkey in known],
    )


def assertion_options(*, by: Actor, session: SessionBase, address: str) -> dict[str, Any]:
    """Begin to use a passkey: options for `navigator.credentials.get`.

    Who has given a password, or is signed in, is asked for one of their own; a stranger for any passkey of
    this service, and hears nothing of whose there are.

    Raises:
        TooManyAttempts: a thousand strangers' requests from one address within a quarter of an hour.
    """
    if by.person_id is None:
        attempts.count(attempts.options_limits(address=address))
    allowed = [bytes(passkey.credential_id) for passkey in own_passkeys(by=by)]
    return ceremonies.request_options(challenge=_open_challenge(session, Ceremony.GET), allowed=allowed)


def add_passkey(*, by: Actor, session: SessionBase, name: str, answer: str) -> Passkey:
    """Add the passkey that an authenticator has made for the acting person.

    answer: of the browser, as JSON (WebAuthn Level 3 RegistrationResponseJSON).

    Raises:
        Invalid: it does not hold, its challenge is not open in this session, or it has no name.
        Conflict: there are ten already, or this one belongs to somebody.
        NotFound: nobody is signed in with both factors.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    person = _signed_in(by)
    require_fresh(by)
    try:
        claim = ceremonies.claim_of_creation(answer)
        _use_challenge(claim, session, Ceremony.CREATE)
        made = ceremonies.check_creation(answer, challenge=claim.challenge)
    except CeremonyError:
        raise _invalid() from None
    passkey = Passkey(
        id=new_id(),
        person=person,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=_checked_name(name),
        created_at=now(),
    )
    _insert(by, passkey)
    sessions.note_passkey(session)
    return passkey


def rename_passkey(*, by: Actor, passkey_id: uuid.UUID, name: str) -> None:
    """Give a passkey another name.

    Raises:
        Invalid: no name.
        NotFound: absent, or somebody else's.
    """
    passkey = own_passkey(by=by, passkey_id=passkey_id)
    passkey.name = _checked_name(name)
    with transaction.atomic():
        passkey.save(update_fields=["name"])
        audit.record(Event.PASSKEY_RENAME, by=by, subject=f"passkey/{passkey.id}")


def remove_passkey(*, by: Actor, passkey_id: uuid.UUID) -> None:
    """Remove a passkey; it signs in no more.

    Raises:
        Conflict: it is the last second factor.
        NotFound: absent, or somebody else's.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(id=_signed_in(by).id)
        passkey = own_passkey(by=by, passkey_id=passkey_id)
        require_fresh(by)
        if not has_totp(person_id=passkey.person_id) and len(own_passkeys(by=by)) == 1:
            raise Conflict(_("This is your last second factor. Please add another one first."))
        passkey.delete()
        audit.record(Event.PASSKEY_REMOVE, by=by, subject=f"passkey/{passkey_id}")


def check_passkey(*, by: Actor, session: SessionBase, answer: str) -> None:
    """Check a passkey of the acting person as their second factor.

    Raises:
        Invalid: it does not hold, is somebody else's, or seems to be a copy; `errors["passkey"]`.
        TooManyAttempts: after five attempts, counted together with those at codes.
    """
    if by.person_id is None:
        raise NotFound
    limits = attempts.count_code(by=by, person_id=by.person_id)
    used = use_assertion(by=by, session=session, answer=answer)
    if used is None or used.person_id != by.person_id:
        with transaction.atomic():
            audit.record(Event.SECOND_FACTOR_REFUSE, by=by, subject=f"person/{by.person_id}")
        raise _invalid()
    attempts.clear(limits)


def use_assertion(*, by: Actor, session: SessionBase, answer: str) -> Passkey | None:
    """Check what an authenticator has signed, whoever's it is, and use its challenge up; None: not right.

    A counter that has not gone on is a sign of a copied passkey: refused, and recorded.
    """
    try:
        claim = ceremonies.claim_of_request(answer)
        _use_challenge(claim, session, Ceremony.GET)
        passkey = Passkey.objects.filter(credential_id=claim.credential_id).select_related("person").first()
        if passkey is None or claim.user_handle not in _handles(by, passkey):
            return None
        count = ceremonies.check_request(
            answer, challenge=claim.challenge, public_key=bytes(passkey.public_key)
        )
    except CeremonyError:
        return None
    return passkey if _counts_on(by, passkey, count) else None


def follow_challenges(*, before: str | None, session: SessionBase) -> None:
    """Keep the challenges of a session open under its new key. before: the key until now."""
    old = hashlib.sha256((before or "").encode()).digest()
    PasskeyChallenge.objects.filter(session_digest=old).update(session_digest=_digest(session))


def named_person(answer: str) -> uuid.UUID | None:
    """Whose passkey an answer claims to be, for the history of that person; unchecked."""
    try:
        claim = ceremonies.claim_of_request(answer)
    except CeremonyError:
        return None
    return (
        Passkey.objects.filter(credential_id=claim.credential_id).values_list("person_id", flat=True).first()
    )


def _handles(by: Actor, passkey: Passkey) -> set[bytes | None]:
    """A stranger's passkey must name its account; after a password it may leave that out."""
    handle = passkey.person_id.bytes
    return {handle} if by.person_id is None else {handle, None}


def _counts_on(by: Actor, passkey: Passkey, count: int) -> bool:
    """Store the counter if it has gone on, in one statement. Authenticators without one always say 0."""
    rows = Passkey.objects.filter(id=passkey.id)
    newer = rows.filter(sign_count__lt=count) if count else rows.filter(sign_count=0)
    if newer.update(sign_count=count, last_used_at=now()) == 1:
        return True
    with transaction.atomic():
        audit.record(
            Event.PASSKEY_CLONE_WARN, by=by, subject=f"passkey/{passkey.id}", details={"count": count}
        )
    return False


def _open_challenge(session: SessionBase, ceremony: Ceremony) -> bytes:
    if session.session_key is None:
        session.create()
    challenge = os.urandom(32)
    PasskeyChallenge.objects.create(
        challenge=challenge,
        session_digest=_digest(session),
        ceremony=ceremony,
        expires_at=now() + timedelta(seconds=ceremonies.CHALLENGE_SECONDS),
    )
    return challenge


def _use_challenge(claim: Claim, session: SessionBase, ceremony: Ceremony) -> None:
    """Take the challenge away: of two requests, the one whose delete finds the row has it."""
    mine = PasskeyChallenge.objects.filter(
        challenge=claim.challenge, session_digest=_digest(session), ceremony=ceremony, expires_at__gt=now()
    )
    deleted, _by_model = mine.delete()
    if deleted != 1:
        raise CeremonyError("no such challenge is open in this session")


def _digest(session: SessionBase) -> bytes:
    return hashlib.sha256((session.session_key or "").encode()).digest()


def _signed_in(by: Actor) -> Person:
    if by.person_id is None or by.membership_id is None:
        raise NotFound
    return person_by_id(by.person_id)


def _checked_name(name: str) -> str:
    name = name.strip()[:100]
    if not name:
        raise Invalid(errors={"name": _("Please give the passkey a name.")})
    return name


def _require_room(count: int) -> None:
    if count >= MAXIMUM_PASSKEYS:
        raise Conflict(_("There are ten passkeys already. Please remove one that is not used any more."))


def _insert(by: Actor, passkey: Passkey) -> None:
    try:
        with transaction.atomic():
            Person.objects.select_for_update().get(id=passkey.person_id)
            _require_room(len(own_passkeys(by=by)))
            passkey.save(force_insert=True)
            audit.record(Event.PASSKEY_ADD, by=by, subject=f"passkey/{passkey.id}")
    except IntegrityError:
        raise Conflict(_("This passkey is added already.")) from None


def _invalid() -> Invalid:
    return Invalid(errors={"passkey": _("This passkey could not be checked. Please try again.")})
