"""The recovery kit: an identity key, sealed in the browser under a printed code of 256 bits, kept here unreadable."""

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access import devices
from identity.actions import attempts
from identity.actions.certified_devices import lock_identity_key
from identity.models import RecoveryKit
from identity.sealed_key import LARGEST_BYTES, SMALLEST_BYTES
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.freshness import require_fresh


class NoRecoveryKit(Conflict):
    """The acting person's current identity key has no kit."""

    code = "no-recovery-kit"


def keep_recovery_kit(*, by: Actor, sealed_key: bytes) -> None:
    """Keep what the acting person's browser has sealed; an earlier kit ends.

    sealed_key: AES-256-GCM over the identity key in PKCS #8, 100 to 512 bytes.

    Raises:
        NotFound: no person acts.
        FreshFactorRequired: the second factor was shown too long ago.
        DeviceNeeded: the session holds no device.
        Conflict: the device is not one of the current identity key.
        Invalid: not of that length.
    """
    _require_person(by)
    require_fresh(by)
    device = devices.own_device(by=by, device_id=devices.require_device(by=by))
    if not SMALLEST_BYTES <= len(sealed_key) <= LARGEST_BYTES:
        raise Invalid(errors={"sealed_key": _("This is not a sealed identity key.")})
    with transaction.atomic():
        key = lock_identity_key(by)
        if device.identity_key_id != key.id:
            raise Conflict(_("The identity key was reset meanwhile."))
        kept = {"sealed_key": sealed_key, "created_at": now()}
        RecoveryKit.objects.update_or_create(identity_key=key, defaults=kept)
        audit.record(Event.RECOVERY_KIT_MAKE, by=by, subject=f"identity-key/{key.id}")


def withdraw_recovery_kit(*, by: Actor) -> None:
    """Delete the kit of the acting person's identity key: the paper is worth nothing then.

    Raises:
        NotFound: no person acts.
        NoRecoveryKit: there is none.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    _require_person(by)
    require_fresh(by)
    with transaction.atomic():
        kit = _kit(by)
        kit.delete()
        audit.record(Event.RECOVERY_KIT_WITHDRAW, by=by, subject=f"identity-key/{kit.identity_key_id}")


def fetch_recovery_kit(*, by: Actor) -> bytes:
    """Give the sealed key to a browser of the acting person, which opens it with the code on the paper.

    Raises:
        NotFound: no person acts.
        NoRecoveryKit: there is none.
        TooManyAttempts: ten in an hour.
    """
    _require_person(by)
    if by.person_id is not None:
        attempts.count(attempts.kit_limits(person_id=by.person_id))
    with transaction.atomic():
        kit = _kit(by)
        audit.record(Event.RECOVERY_KIT_FETCH, by=by, subject=f"identity-key/{kit.identity_key_id}")
    return bytes(kit.sealed_key)


def _require_person(by: Actor) -> None:
    if by.person_id is None or by.organisation_id is None:
        raise NotFound


def _kit(by: Actor) -> RecoveryKit:
    key = devices.current_identity_key(by=by)
    kit = RecoveryKit.objects.select_for_update().filter(identity_key=key).first() if key else None
    if kit is None:
        raise NoRecoveryKit(_("There is no recovery kit for your current key."))
    return kit
