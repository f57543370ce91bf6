"""What a revoked device loses here: its leaves' right to read and send, its key packages, its Welcomes."""

import uuid
from collections.abc import Collection

from django.db import transaction

from medicus.lib.clock import now
from messaging import news
from messaging.actions.push import forget_push
from messaging.models import GroupDevice, GroupMember, KeyPackage, WelcomeDelivery
from messaging.states import LeavingStep


@transaction.atomic
def revoke_devices(*, device_ids: Collection[uuid.UUID]) -> dict[str, int]:
    """End all delivery to devices that `identity` has revoked, in its transaction, and close their sockets.

    Their leaves stay in the trees until a member's commit removes them, which now anyone in the group may
    do; the others are told at once, and none of their clients sends before it. `identity` has recorded the
    event and knows by whom. Returns what was ended, by step.
    """
    leaves = GroupDevice.objects.filter(device__in=device_ids, left_seq__isnull=True, revoked_at__isnull=True)
    groups = set(leaves.values_list("group_id", flat=True))
    leaves.update(revoked_at=now())
    packages = KeyPackage.objects.filter(device__in=device_ids, spent_at__isnull=True)
    count = packages.count()
    packages.delete()
    forget_push(device_ids=device_ids)
    WelcomeDelivery.objects.filter(device__in=device_ids).delete()
    others = GroupMember.objects.filter(group__in=groups, left_seq__isnull=True)
    people = frozenset(others.values_list("person_id", flat=True))
    news.tell_on_commit(news.News(revoked=frozenset(device_ids), people=people))
    return {LeavingStep.STOP_DELIVERY: len(groups), LeavingStep.DELETE_KEY_PACKAGES: count}
