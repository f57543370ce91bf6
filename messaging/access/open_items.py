"""What urgent messages want of a person: an acknowledgement, an item of a role they hold, somebody to be added."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from messaging.access.urgent import role_name
from messaging.models import GroupDevice, GroupMember
from messaging.models_urgent import UrgentLine, UrgentMessage
from messaging.states_urgent import EXHAUSTED_OPEN_DAYS, LISTED, OPEN, UrgentAct
from rota import access as rota
from rota.duty import Held


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An urgent message that nobody has acknowledged. member: whether the reader is in its conversation."""

    group_id: uuid.UUID
    message_id: uuid.UUID
    seq: int | None
    sender_id: uuid.UUID
    sender_name: str
    role_id: uuid.UUID | None
    role_name: str
    state: str
    step: int
    due_at: datetime | None
    announced_at: datetime
    member: bool


@dataclass(frozen=True, slots=True)
class ToAdd:
    """Somebody who holds a role now, and is not in a conversation in which the role is asked something.

    relieved_person_id: who held it before."""

    group_id: uuid.UUID
    person_id: uuid.UUID
    organisation_id: uuid.UUID
    name: str
    role_id: uuid.UUID
    role_name: str
    relieved_person_id: uuid.UUID | None
    message_ids: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class OpenItems:
    due: Sequence[OpenItem]
    roles: Sequence[OpenItem]
    to_add: Sequence[ToAdd]


@dataclass(frozen=True, slots=True)
class OpenCounts:
    """How many acknowledgements are due from a person, and how many items of the roles they hold are open."""

    due: int
    of_roles: int


def open_items(*, by: Actor) -> OpenItems:
    """List what is open for the actor, the earliest due first, in a fixed number of queries."""
    due = list(_listed(_due(by)))
    of_roles = list(_listed(_of_roles(by)))
    cards = identity.people_by_id({row.sender_id for row in (*due, *of_roles)})
    names = {person_id: card.name for person_id, card in cards.items()}
    member = set(
        _memberships(by)
        .filter(group__in={row.group_id for row in of_roles})
        .values_list("group_id", flat=True)
    )
    return OpenItems(
        [_item(row, names, by=by, member=True) for row in due],
        [_item(row, names, by=by, member=row.group_id in member) for row in of_roles],
        _to_add(by),
    )


def open_counts(*, by: Actor) -> OpenCounts:
    """The same in figures, for the work list."""
    return OpenCounts(_due(by).count(), _of_roles(by).count())


def unanswered() -> QuerySet[UrgentMessage]:
    """What somebody was asked and nobody has acknowledged. What nobody is left to be asked about stays open for three
    days, so that it does not follow every holder of a role for ever."""
    forgotten = Q(exhausted_at__lte=now() - timedelta(days=EXHAUSTED_OPEN_DAYS))
    return UrgentMessage.objects.filter(state__in=OPEN).exclude(forgotten)


def _listed(found: QuerySet[UrgentMessage]) -> QuerySet[UrgentMessage]:
    return found.select_related("role").order_by(F("due_at").asc(nulls_first=True), "announced_at", "id")[
        :LISTED
    ]


def _due(by: Actor) -> QuerySet[UrgentMessage]:
    """What the actor was asked, in conversations they are in; not what was handed over from them."""
    lines = UrgentLine.objects.filter(urgent=OuterRef("pk"))
    told = lines.filter(person=by.person_id, act__in=[UrgentAct.TOLD.value, UrgentAct.HANDED_OVER.value])
    relieved = lines.filter(from_person=by.person_id, act=UrgentAct.HANDED_OVER.value)
    found = unanswered().filter(Exists(told), Exists(_memberships(by).filter(group=OuterRef("group"))))
    return found.exclude(sender=by.person_id).filter(~Exists(relieved) | Q(holder__person=by.person_id))


def _of_roles(by: Actor) -> QuerySet[UrgentMessage]:
    """What is asked of the roles that the actor holds now; others have asked it."""
    held = [duty.role_id for duty in rota.own_duties(by=by)]
    return unanswered().filter(role__in=held).exclude(sender=by.person_id)


def _memberships(by: Actor) -> QuerySet[GroupMember]:
    return GroupMember.objects.filter(
        person=by.person_id, organisation=by.organisation_id, left_seq__isnull=True
    )


def _item(row: UrgentMessage, names: dict[uuid.UUID, str], *, by: Actor, member: bool) -> OpenItem:
    return OpenItem(
        group_id=row.group_id,
        message_id=row.message_id,
        seq=row.seq,
        sender_id=row.sender_id,
        sender_name=names.get(row.sender_id, ""),
        role_id=row.role_id,
        role_name=role_name(row, by=by),
        state=row.state,
        step=row.step,
        due_at=row.due_at,
        announced_at=row.announced_at,
        member=member,
    )


def _to_add(by: Actor) -> list[ToAdd]:
    """Of the conversations in which the actor's device is: whom they lack, since a role is held by somebody else."""
    mine = GroupDevice.objects.filter(
        device=by.device_id, group=OuterRef("group"), left_seq__isnull=True, revoked_at__isnull=True
    )
    rows = list(
        unanswered()
        .filter(Exists(mine), role__isnull=False)
        .select_related("role", "holder")
        .order_by("id")[:LISTED]
    )
    told = [row for row in rows if row.role and rota.may_see_holder(row.role, by=by)]
    held = rota.duties({row.role_id for row in told if row.role_id}, at=now())
    present = _present({row.group_id for row in told})
    before = _handed_over([row.id for row in told])
    found: dict[tuple[uuid.UUID, uuid.UUID], ToAdd] = {}
    for row in told:
        current = held[row.role_id].now if row.role_id else None
        if current and (row.group_id, current.person_id) not in present:
            _collect(found, row, current, before.get(row.id), by=by)
    return list(found.values())


def _collect(
    found: dict[tuple[uuid.UUID, uuid.UUID], ToAdd],
    row: UrgentMessage,
    current: Held,
    before: uuid.UUID | None,
    *,
    by: Actor,
) -> None:
    """Put the items of one conversation and one person together."""
    assert row.role is not None, "a role is held"
    key = (row.group_id, current.person_id)
    earlier = found[key].message_ids if key in found else ()
    handed_over = row.holder_id == current.membership_id
    relieved = before if handed_over else (row.holder.person_id if row.holder else None)
    found[key] = ToAdd(
        group_id=row.group_id,
        person_id=current.person_id,
        organisation_id=row.role.organisation_id,
        name=current.name,
        role_id=row.role.id,
        role_name=role_name(row, by=by),
        relieved_person_id=relieved,
        message_ids=(*earlier, row.message_id),
    )


def _present(group_ids: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    leaves = GroupDevice.objects.filter(group__in=group_ids, left_seq__isnull=True, revoked_at__isnull=True)
    return set(leaves.values_list("group_id", "member__person_id").distinct())


def _handed_over(urgent_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """From whom each was handed over last."""
    lines = UrgentLine.objects.filter(
        urgent__in=urgent_ids, act=UrgentAct.HANDED_OVER.value, from_person__isnull=False
    )
    return dict(lines.order_by("number").values_list("urgent_id", "from_person_id"))
