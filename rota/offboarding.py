"""What this app does when somebody leaves an organisation; called as `offboarded`."""

from identity.access.offboarding import Leaver
from medicus.lib.actor import SYSTEM, Actor
from medicus.lib.clock import now
from rota.actions import end_shifts
from rota.states import LeavingStep


def offboarded(*, by: Actor, leaver: Leaver) -> dict[str, int]:  # noqa: ARG001 (the rota follows; nobody plans)
    """End the shifts of this membership; how many there were."""
    return {LeavingStep.END_SHIFTS: end_shifts(by=SYSTEM, membership_id=leaver.membership_id, at=now())}
