"""What somebody who leaves an organisation leaves behind in conversations, in counts."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from identity.access.offboarding import Leaver
from messaging.access.backups import backups_of_leaver
from messaging.models import GroupDevice, GroupMember, KeyPackage
from messaging.states import LeavingStep


def leaving_preview(*, leaver: Leaver) -> dict[str, int]:
    """What an offboarding would end here; for `identity`, which has decided who may know."""
    devices = {"device__person": leaver.person_id, "device__organisation": leaver.organisation_id}
    leaves = GroupDevice.objects.filter(left_seq__isnull=True, revoked_at__isnull=True, **devices)
    packages = KeyPackage.objects.filter(spent_at__isnull=True, **devices)
    return {
        LeavingStep.STOP_DELIVERY: leaves.values("group").distinct().count(),
        LeavingStep.DELETE_KEY_PACKAGES: packages.count(),
        LeavingStep.DELETE_BACKUP: backups_of_leaver(leaver).count(),
        **left_alone(leaver=leaver),
    }


def left_alone(*, leaver: Leaver, **_: Any) -> dict[str, int]:
    """In how many conversations nobody else of the organisation is: the deputy is named to their members."""
    person_id, organisation_id = leaver.person_id, leaver.organisation_id
    mine = _members().filter(person=person_id, organisation=organisation_id)
    colleagues = _members().filter(group=OuterRef("group"), organisation=organisation_id, is_patient=False)
    others = _members().filter(group=OuterRef("group")).exclude(person=person_id)
    alone = mine.filter(Exists(others)).exclude(Exists(colleagues.exclude(person=person_id)))
    return {LeavingStep.NAME_DEPUTY: alone.count()}


def _members() -> QuerySet[GroupMember]:
    return GroupMember.objects.filter(left_seq__isnull=True)
