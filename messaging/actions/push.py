"""Calling browsers: what they subscribe with, when they are called, and what becomes of a call."""

import hashlib
import uuid
from collections.abc import Collection
from datetime import timedelta

import orjson
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from identity import vault
from medicus.celery import enqueue
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, TooManyAttempts
from messaging.access.push import PAUSE_SECONDS, absent
from messaging.models import PushSubscription
from messaging.push.calls import Outcome, Target, call, is_allowed, is_key

PER_PERSON = 5
ATTEMPTS = 3
LEASE_SECONDS = 60
"""Longer than a call takes: until then nobody else makes it."""
AGAIN_SECONDS = (60, 300)
TEST_PAUSE_SECONDS = 10


def subscribe_push(*, by: Actor, endpoint: str, p256dh: bytes, auth: bytes) -> None:
    """Have the acting person's browser called from now on; in the place of what it had subscribed before.

    Raises:
        DeviceNeeded: the session holds no device.
        Invalid: an address of no known push service, or no keys.
        Conflict: five other devices of the person are called.
    """
    device_id = identity.require_device(by=by)
    if not is_allowed(endpoint):
        raise Invalid(errors={"endpoint": _("This is not the address of a known push service.")})
    if not is_key(p256dh, auth):
        raise Invalid(errors={"keys": _("These are not a browser's keys.")})
    at = now()
    row = {
        "endpoint_digest": hashlib.sha256(endpoint.encode()).digest(),
        "sealed": _seal(device_id, Target(endpoint, p256dh, auth)),
        "created_at": at,
        "called_at": at,
        "due_at": None,
        "attempts": 0,
    }
    try:
        with transaction.atomic():
            _make_room(by, device_id, row["endpoint_digest"])
            _kept, made = PushSubscription.objects.update_or_create(device_id=device_id, defaults=row)
            if made:
                audit.record(Event.PUSH_SUBSCRIBE, by=by, subject=f"device/{device_id}")
    except IntegrityError:  # two at the same moment
        raise Conflict(_("This browser is being set up in another tab.")) from None


def unsubscribe_push(*, by: Actor) -> None:
    """Call the acting person's browser no more; nothing happens where it is not called.

    Raises:
        DeviceNeeded: the session holds no device.
    """
    device_id = identity.require_device(by=by)
    with transaction.atomic():
        deleted, _by_model = PushSubscription.objects.filter(device=device_id).delete()
        if deleted:
            audit.record(Event.PUSH_UNSUBSCRIBE, by=by, subject=f"device/{device_id}")


def forget_push(*, device_ids: Collection[uuid.UUID]) -> None:
    """Call these devices no more: `identity` has revoked them, or somebody has signed out there, and recorded it."""
    PushSubscription.objects.filter(device__in=device_ids).delete()


@transaction.atomic
def try_push(*, by: Actor) -> None:
    """Call the acting person's browser now, so that they see what it looks like.

    Raises:
        DeviceNeeded: the session holds no device.
        Conflict: it is not called.
        TooManyAttempts: it was called a moment ago.
    """
    device_id = identity.require_device(by=by)
    found = PushSubscription.objects.filter(device=device_id).select_for_update().first()
    if found is None:
        raise Conflict(_("Notifications are off on this device."))
    free_at = found.called_at + timedelta(seconds=TEST_PAUSE_SECONDS)
    if found.called_at != found.created_at and free_at > now():
        raise TooManyAttempts(
            _("This device was called a moment ago."), retry_after_seconds=TEST_PAUSE_SECONDS
        )
    found.called_at = found.due_at = now()
    found.attempts = 0
    found.save(update_fields=["called_at", "due_at", "attempts"])
    enqueue("messaging.tasks.push", device_id)


@transaction.atomic
def call_absent(*, by: Actor) -> int:
    """Decide whom to call, at most once a minute each; return how many calls are due, earlier ones included.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    if not PushSubscription.objects.exists():
        return 0
    at = now()
    for person_id, organisation_id in sorted(absent(at=at)):
        # Once more by the row itself: two workers may look at the same time.
        PushSubscription.objects.filter(
            device__person=person_id,
            device__organisation=organisation_id,
            due_at__isnull=True,
            called_at__lte=at - timedelta(seconds=PAUSE_SECONDS),
        ).update(called_at=at, due_at=at, attempts=0)
    due = PushSubscription.objects.filter(due_at__lte=at).values_list("device_id", flat=True)
    device_ids = list(due)
    for device_id in device_ids:
        enqueue("messaging.tasks.push", device_id)
    return len(device_ids)


def call_now(*, by: Actor, person_id: uuid.UUID) -> None:
    """Call the browsers of a person of whom something urgent is wanted, whatever they were called for before.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    theirs = PushSubscription.objects.filter(device__person=person_id)
    theirs.update(called_at=now(), due_at=now(), attempts=0)
    for device_id in theirs.values_list("device_id", flat=True):
        enqueue("messaging.tasks.push", device_id)


def push(*, by: Actor, device_id: uuid.UUID) -> Outcome | None:
    """Make a call that is due, once; None when it is not, or another worker has taken it.

    A browser that has gone is forgotten; a service that is away is tried again, three times at most.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    at = now()
    mine = PushSubscription.objects.filter(device=device_id, due_at__lte=at)
    if not mine.update(due_at=at + timedelta(seconds=LEASE_SECONDS), attempts=F("attempts") + 1):
        return None
    row = PushSubscription.objects.filter(device=device_id).first()
    if row is None:  # revoked in this moment
        return None
    outcome = call(_unseal(row))
    same = PushSubscription.objects.filter(device=device_id, endpoint_digest=bytes(row.endpoint_digest))
    if outcome == Outcome.GONE:
        same.delete()
    elif outcome == Outcome.AWAY and row.attempts < ATTEMPTS:
        same.update(due_at=now() + timedelta(seconds=AGAIN_SECONDS[row.attempts - 1]))
    else:
        same.update(due_at=None)
    return outcome


def _make_room(by: Actor, device_id: uuid.UUID, endpoint_digest: object) -> None:
    """A browser has one subscription: who signs in there after somebody else takes it over."""
    PushSubscription.objects.filter(~Q(device=device_id), endpoint_digest=endpoint_digest).delete()
    others = PushSubscription.objects.filter(device__person=by.person_id).exclude(device=device_id)
    if others.select_for_update(of=("self",)).count() >= PER_PERSON:
        raise Conflict(_("Five of your devices are notified already. Please switch one of them off first."))


def _seal(device_id: uuid.UUID, target: Target) -> bytes:
    content = [target.endpoint, target.p256dh.hex(), target.auth.hex()]
    return vault.seal(orjson.dumps(content), owner=device_id.bytes, purpose=vault.PUSH)


def _unseal(row: PushSubscription) -> Target:
    content = vault.unseal(bytes(row.sealed), owner=row.device_id.bytes, purpose=vault.PUSH)
    endpoint, p256dh, auth = orjson.loads(content)
    return Target(endpoint, bytes.fromhex(p256dh), bytes.fromhex(auth))
