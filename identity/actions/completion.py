"""What ends every sign-in: the place, the session under a new key, its row, the notice and the record."""

from dataclasses import dataclass
from functools import partial

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import mail
from identity.access.account import recovery_codes_left
from identity.access.actors import actor_in
from identity.access.people import memberships_of
from identity.access.rules import policy_in
from identity.actions import attempts, sign_ins
from identity.actions.sso.accounts import bind_account
from identity.models import Membership, SignIn
from identity.origin import Origin
from identity.policies import permits
from identity.sessions import ByProvider
from identity.states import Way
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Completed:
    """A completed sign-in. `codes_left`: how many recovery codes remain, where one of them was used.

    browser_token: the cookie by which the browser is known at the next one."""

    language: str
    browser_token: str
    codes_left: int | None


def complete(
    *, by: Actor, session: SessionBase, origin: Origin, way: Way, provider: ByProvider | None = None
) -> Completed:
    """Begin the full session of a person who has shown both factors, under a new key.

    provider: by whose account at a provider, where it was by single sign-on; bound to the person, if it is not yet.

    Raises:
        Invalid: the organisation's policies refuse this network.
        NotFound: no place to act in any more.
        Conflict: the place has been bound to another account at the provider meanwhile.
    """
    place = _place_for(by, origin, way, provider)
    person = place.person
    with transaction.atomic():
        if provider:
            bind_account(
                by=actor_in(place), membership=place, issuer=provider.issuer, subject=provider.subject
            )
        begun = sign_ins.begin_session(session, place, way=way, origin=origin, confined=provider is not None)
        person.last_login = now()
        person.save(update_fields=["last_login"])
        audit.record(
            Event.SIGN_IN_COMPLETE,
            by=actor_in(place),
            subject=f"person/{person.id}",
            details={"way": begun.row.way},
        )
        attempts.remember_address(email=person.email, address=origin.address)
        if begun.row.notice:
            _tell(place, begun.row)
    left = recovery_codes_left(by=by) if way == Way.RECOVERY_CODE else None
    return Completed(person.language, begun.browser_token, left)


def _place_for(by: Actor, origin: Origin, way: Way, provider: ByProvider | None) -> Membership:
    """The first membership whose organisation permits work from this address; of a provider only its own."""
    memberships = [
        one
        for one in memberships_of(person_id=by.person_id)
        if provider is None or one.id == provider.membership_id
    ]
    if not memberships:
        raise NotFound
    for place in memberships:
        if permits(policy_in(place).networks, origin.address):
            return place
    with transaction.atomic():
        sign_ins.note_refusal(person_id=by.person_id, way=way, origin=origin)
        audit.record(
            Event.SIGN_IN_REFUSE,
            by=by,
            subject=f"person/{by.person_id}",
            organisation_id=memberships[0].organisation_id,
            details={"reason": "network"},
        )
    raise Invalid(_("Your organisation permits signing in from its own networks only."))


def _tell(membership: Membership, row: SignIn) -> None:
    """Tell the person of a sign-in from a new browser: in the log, and by mail where that is possible."""
    person = membership.person
    audit.record(
        Event.SIGN_IN_NOTICE,
        by=actor_in(membership),
        subject=f"person/{person.id}",
        details={"session": str(row.id), "kind": row.notice},
    )
    send = partial(
        mail.send_sign_in_notice,
        email=person.email,
        language=person.language,
        at=row.at,
        origin=", ".join(filter(None, (row.browser, row.system, row.network))),
    )
    transaction.on_commit(send)
