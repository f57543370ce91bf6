"""One door for every kind of second factor."""

from django.contrib.sessions.backends.base import SessionBase
from django.utils.translation import gettext as _

from identity.access.factors import own_passkeys
from identity.access.people import memberships_of
from identity.access.rules import demands_passkey
from identity.actions.passkeys import check_passkey
from identity.actions.recovery_codes import use_recovery_code
from identity.actions.second_factor import verify_code
from identity.proof import Proof
from identity.states import Way
from medicus.lib.actor import Actor
from medicus.lib.errors import Invalid


def check_proof(*, by: Actor, session: SessionBase, proof: Proof) -> None:
    """Check a second factor of the acting person, and use it up.

    Raises:
        Invalid, TooManyAttempts: see the action of each kind; a code is also refused where the organisation demands a
            passkey, and there is one.
    """
    match proof.way:
        case Way.TOTP:
            _require_permitted(by)
            verify_code(by=by, code=proof.value)
        case Way.RECOVERY_CODE:
            use_recovery_code(by=by, code=proof.value)
        case Way.PASSKEY:
            check_passkey(by=by, session=session, answer=proof.value)
        case _:
            raise Invalid


def _require_permitted(by: Actor) -> None:
    """Who has no passkey yet gets in with a code, and to nothing but adding one: `SignedIn.wants_passkey`."""
    if not own_passkeys(by=by):
        return
    places = memberships_of(person_id=by.person_id)
    place = next((one for one in places if by.membership_id in {None, one.id}), None)
    if place and demands_passkey(place):
        raise Invalid(errors={"code": _("Your organisation demands a passkey. Please use yours.")})
