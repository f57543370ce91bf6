"""One door for every kind of second factor."""

from django.contrib.sessions.backends.base import SessionBase

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
        Invalid, TooManyAttempts: see the action of each kind.
    """
    match proof.way:
        case Way.TOTP:
            verify_code(by=by, code=proof.value)
        case Way.RECOVERY_CODE:
            use_recovery_code(by=by, code=proof.value)
        case Way.PASSKEY:
            check_passkey(by=by, session=session, answer=proof.value)
        case _:
            raise Invalid
