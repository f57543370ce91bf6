"""What the policies of an organisation demand here and now."""

from identity.models import Membership, Organisation, Policy
from identity.sessions import Limits
from identity.states import Function, SecondFactorPolicy


def policy_of(organisation: Organisation) -> Policy:
    """What an organisation demands: its row, or the defaults. Costs nothing where `policy` was selected along."""
    try:
        return organisation.policy
    except Policy.DoesNotExist:
        return Policy(organisation=organisation)


def policy_in(place: Membership) -> Policy:
    """What is demanded of who acts in this place. Policies are about staff: a patient is never at the hospital's own
    network, and chooses between the second factors as they can."""
    if place.function == Function.PATIENT:
        return Policy(organisation=place.organisation)
    return policy_of(place.organisation)


def demands_passkey(place: Membership) -> bool:
    """Whether who acts in this place must have shown a passkey."""
    match policy_in(place).second_factor:
        case SecondFactorPolicy.PASSKEY_ALL:
            return True
        case SecondFactorPolicy.PASSKEY_ADMINISTRATORS:
            return place.is_admin
        case _:
            return False


def limits_of(place: Membership) -> Limits:
    """How long sessions in this place last."""
    policy = policy_in(place)
    return Limits(idle_seconds=policy.idle_minutes * 60, absolute_seconds=policy.absolute_hours * 3600)
