"""Whether the acting person has a recovery kit."""

from datetime import datetime

from identity.access.devices import current_identity_key
from identity.models import RecoveryKit
from medicus.lib.actor import Actor


def recovery_kit_since(*, by: Actor) -> datetime | None:
    """When the kit of the acting person's current identity key was made; None: there is none."""
    key = current_identity_key(by=by)
    kits = RecoveryKit.objects.filter(identity_key=key) if key else RecoveryKit.objects.none()
    return kits.values_list("created_at", flat=True).first()
