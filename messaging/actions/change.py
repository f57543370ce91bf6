"""The effects of a commit's change of membership: leaves, members, owners, Welcomes, audit events, news."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from messaging import news
from messaging.actions.patient_cases import record_joining, record_of
from messaging.actions.planned import Change
from messaging.models import Group, GroupDevice, GroupMember, KeyPackage, Welcome, WelcomeDelivery
from messaging.states import LEAVES_PER_GROUP

if TYPE_CHECKING:
    import uuid


def apply(change: Change, *, group: Group, welcome: bytes | None, by: Actor) -> None:
    """Make a planned change at the group's newest entry, record it for each organisation, tell sockets."""
    _remove(change, group)
    patients = _add(change, group)
    if welcome is not None:
        _deliver(change, group, welcome)
    left = _let_go(change, group)
    _keep_owners(group)
    _record(change, left, group=group, by=by)
    record_joining(patients, group, by=by)
    _tell(change, left, group)


def _remove(change: Change, group: Group) -> None:
    ids = [leaf.id for leaf in change.removed]
    GroupDevice.objects.filter(id__in=ids).update(left_seq=group.last_seq)


def _add(change: Change, group: Group) -> list[GroupMember]:
    """Give each newcomer the leftmost free leaf, as every member's tree does (RFC 9420 section 7.7); return the patients
    that are new."""
    patients = []
    taken = {leaf.leaf_index for leaf in change.leaves}
    free = (index for index in range(LEAVES_PER_GROUP) if index not in taken)
    for newcomer, leaf_index in zip(change.newcomers, free, strict=False):
        member, created = GroupMember.objects.get_or_create(
            group=group,
            person_id=newcomer.device.person_id,
            organisation_id=newcomer.device.organisation_id,
            left_seq=None,
            defaults={"joined_seq": group.last_seq, "is_patient": newcomer.is_patient},
        )
        if created and newcomer.is_patient:
            patients.append(member)
        GroupDevice.objects.create(
            group=group,
            member=member,
            device=newcomer.device,
            leaf_index=leaf_index,
            joined_seq=group.last_seq,
        )
    spent = [newcomer.package.id for newcomer in change.newcomers if not newcomer.package.is_last_resort]
    KeyPackage.objects.filter(id__in=spent).update(spent_at=now())
    return patients


def _deliver(change: Change, group: Group, content: bytes) -> None:
    welcome = Welcome.objects.create(
        group=group, seq=group.last_seq, epoch=group.epoch, content=content, created_at=now()
    )
    WelcomeDelivery.objects.bulk_create(
        WelcomeDelivery(welcome=welcome, device=newcomer.device) for newcomer in change.newcomers
    )


def _let_go(change: Change, group: Group) -> list[GroupMember]:
    """End the membership of those whose last leaf was removed."""
    staying = GroupDevice.objects.filter(group=group, left_seq__isnull=True).values("member_id")
    gone = GroupMember.objects.filter(group=group, left_seq__isnull=True).exclude(id__in=staying)
    left = list(gone)
    gone.filter(id__in=[member.id for member in left]).update(left_seq=group.last_seq)
    WelcomeDelivery.objects.filter(
        welcome__group=group,
        device__in=[leaf.device_id for leaf in change.removed],
        welcome__seq__lt=group.last_seq,
    ).delete()
    return left


def _keep_owners(group: Group) -> None:
    """Every organisation in a group has an owner there: if need be its longest-standing member becomes it, but never a
    patient."""
    staff = GroupMember.objects.filter(group=group, left_seq__isnull=True, is_patient=False)
    members = list(staff.order_by("joined_seq", "id"))
    owned = {member.organisation_id for member in members if member.is_owner}
    for member in members:
        if member.organisation_id not in owned:
            owned.add(member.organisation_id)
            GroupMember.objects.filter(id=member.id).update(is_owner=True)


def _record(change: Change, left: Sequence[GroupMember], *, group: Group, by: Actor) -> None:
    concerned = {by.organisation_id} | {newcomer.device.organisation_id for newcomer in change.newcomers}
    concerned |= {leaf.member.organisation_id for leaf in change.removed}
    details = {
        "seq": group.last_seq,
        "epoch": group.epoch,
        "added": len(change.newcomers),
        "removed": len(change.removed),
    }
    for organisation_id in concerned:
        audit.record(
            Event.GROUP_COMMIT,
            by=by,
            subject=f"group/{group.id}",
            organisation_id=organisation_id,
            details=details,
        )
    record = record_of(group) if any(member.is_patient for member in left) else ""
    for member in left:
        for organisation_id in {by.organisation_id, member.organisation_id}:
            audit.record(
                Event.GROUP_LEAVE_BEHIND,
                by=by,
                subject=f"person/{member.person_id}",
                organisation_id=organisation_id,
                patient=record if member.is_patient and organisation_id == member.organisation_id else "",
                details={"group": str(group.id)},
            )


def _tell(change: Change, left: Sequence[GroupMember], group: Group) -> None:
    people: set[uuid.UUID] = set()
    if change.newcomers or change.removed:
        staying = GroupMember.objects.filter(group=group, left_seq__isnull=True)
        people = {*staying.values_list("person_id", flat=True), *(member.person_id for member in left)}
    news.tell_on_commit(
        news.News(
            entries={group.id: group.last_seq},
            welcomes=frozenset(newcomer.device.id for newcomer in change.newcomers),
            people=frozenset(people),
        )
    )
