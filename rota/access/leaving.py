"""What an offboarding would do to the rota."""

from identity.access.offboarding import Leaver
from medicus.lib.clock import now
from rota.models import Shift
from rota.states import LeavingStep


def leaving_preview(*, leaver: Leaver) -> dict[str, int]:
    """How many shifts would end; for `identity`, which has decided who may know."""
    mine = Shift.objects.filter(membership=leaver.membership_id, removed_at=None, ends_at__gt=now())
    return {LeavingStep.END_SHIFTS: mine.count()}
