"""What this app does when somebody leaves an organisation; called as `offboarded`."""

import uuid
from datetime import datetime

from medicus.lib.actor import SYSTEM
from rota.actions import end_shifts


def offboarded(*, membership_id: uuid.UUID, at: datetime) -> dict[str, int]:
    """End the shifts of this membership; how many there were."""
    return {"shifts": end_shifts(by=SYSTEM, membership_id=membership_id, at=at)}
