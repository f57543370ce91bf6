"""Groups and their members, as one of them sees them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Min, QuerySet

from identity import access as identity
from identity.access import PersonCard
from medicus.lib.actor import Actor, Role
from medicus.lib.errors import NotFound
from messaging.access.cases import (
    CaseView,
    GroupMarks,
    MarkView,
    RecordedView,
    case_view,
    marks,
    own_memberships,
    reading_leaves,
)
from messaging.access.contacts import ContactView, contact_view
from messaging.access.retention import Retention, case_of, retentions
from messaging.models import ContactRequest, Group, GroupDevice, GroupMember


@dataclass(frozen=True, slots=True)
class MemberView:
    """A person in a group. The watermarks tell how far their devices have confirmed the stream.

    ended: all their devices here are revoked; they wait for the commit that removes them. `is_patient`: whom a patient
    case is about."""

    card: PersonCard
    owner: bool
    delivered: int
    seen: int
    ended: bool
    is_patient: bool


@dataclass(frozen=True, slots=True)
class GroupView:
    """`first_seq`: the first entry that the reader may read; `members`: those who are in the group now; `contact`: the
    request that holds the conversation back, if one does; `marks`: what is kept for the record;
    `recorded`: what is there."""

    id: uuid.UUID
    kind: str
    epoch: int
    last_seq: int
    first_seq: int
    created_at: datetime
    members: tuple[MemberView, ...]
    contact: ContactView | None
    case: CaseView | None
    retention: Retention
    marks: tuple[MarkView, ...]
    recorded: tuple[RecordedView, ...] = ()


@dataclass(frozen=True, slots=True)
class Watermark:
    person_id: uuid.UUID
    delivered: int
    seen: int


def groups(*, by: Actor) -> list[GroupView]:
    """The groups that the actor is in now, newest first, in a fixed number of queries."""
    return _views(list(_groups_of(by).order_by("-created_at", "-id")), by=by)


def group(*, by: Actor, group_id: uuid.UUID) -> GroupView:
    """Get a group that the actor is in.

    Raises:
        NotFound: absent, or the actor is not (or no longer) in it.
    """
    found = _views(list(_groups_of(by).filter(id=group_id)), by=by)
    if not found:
        raise NotFound
    return found[0]


def is_member(*, by: Actor, group_id: uuid.UUID) -> bool:
    """Whether the actor is in a group now."""
    return _groups_of(by).filter(id=group_id).exists()


def is_leaf(*, by: Actor, group_id: uuid.UUID) -> bool:
    """Whether the actor's device holds a leaf of a group now."""
    if by.device_id is None:
        return False
    return active_leaves(group_id).filter(device=by.device_id).exists()


def watermarks(group_id: uuid.UUID, person_ids: Collection[uuid.UUID]) -> list[Watermark]:
    """How far these people have confirmed a stream, for readers who were already let in."""
    members = GroupMember.objects.filter(group=group_id, person__in=person_ids, left_seq__isnull=True)
    found = members.values_list("person_id", "receipt__delivered_seq", "receipt__seen_seq")
    return [Watermark(person_id, delivered or 0, seen or 0) for person_id, delivered, seen in found]


def active_leaves(group_id: uuid.UUID) -> QuerySet[GroupDevice]:
    """The leaves that may send and read: not removed, their device not revoked."""
    return reading_leaves().filter(group=group_id)


def _groups_of(by: Actor) -> QuerySet[Group]:
    return Group.objects.filter(id__in=own_memberships(by).values("group_id")).select_related(
        "contact__role", "case__organisation", "case__closed_by"
    )


def _views(found: list[Group], *, by: Actor) -> list[GroupView]:
    members = _members([group.id for group in found], by=by)
    first = _first_seqs([group.id for group in found], by=by)
    kept, marked = retentions(found), _marks([group.id for group in found], by=by)
    return [
        GroupView(
            id=group.id,
            kind=group.kind,
            epoch=group.epoch,
            last_seq=group.last_seq,
            first_seq=first.get(group.id, group.last_seq + 1),
            created_at=group.created_at,
            members=tuple(members[group.id]),
            contact=_contact(group),
            case=_case(group, members[group.id], by=by),
            retention=_told(kept[group.id], by=by),
            marks=marked.get(group.id, GroupMarks()).kept,
            recorded=marked.get(group.id, GroupMarks()).recorded,
        )
        for group in found
    ]


def _contact(group: Group) -> ContactView | None:
    request: ContactRequest | None = getattr(group, "contact", None)
    return contact_view(request, left=group.held_left) if request else None


def _case(group: Group, members: Collection[MemberView], *, by: Actor) -> CaseView | None:
    case = case_of(group)
    if case is None:
        return None
    staff = [member.card.organisation_id for member in members if not member.is_patient]
    return case_view(case, {organisation_id for organisation_id in staff if organisation_id}, by=by)


def _told(retention: Retention, *, by: Actor) -> Retention:
    """Patients are told until when messages are kept, not which hospital holds what, and because of whom."""
    return replace(retention, holds=()) if by.has(Role.PATIENT) else retention


def _marks(group_ids: Collection[uuid.UUID], *, by: Actor) -> dict[uuid.UUID, GroupMarks]:
    """What hospitals keep for their record is not told to patients here: what is in it, their log says."""
    return {} if by.has(Role.PATIENT) else marks(by=by, group_ids=group_ids)


def _members(group_ids: Collection[uuid.UUID], *, by: Actor) -> dict[uuid.UUID, list[MemberView]]:
    rows = GroupMember.objects.filter(group__in=group_ids, left_seq__isnull=True).select_related("receipt")
    rows = rows.order_by("joined_seq", "id")
    cards = _cards(rows, by=by)
    alive = set(reading_leaves().filter(group__in=group_ids).values_list("member_id", flat=True))
    found: dict[uuid.UUID, list[MemberView]] = defaultdict(list)
    for row in rows:
        receipt = getattr(row, "receipt", None)
        found[row.group_id].append(
            MemberView(
                card=cards[row.id],
                owner=row.is_owner,
                delivered=receipt.delivered_seq if receipt else 0,
                seen=receipt.seen_seq if receipt else 0,
                ended=row.id not in alive,
                is_patient=row.is_patient,
            )
        )
    return found


def _cards(rows: Iterable[GroupMember], *, by: Actor) -> dict[uuid.UUID, PersonCard]:
    """By membership. Which other hospitals a patient signs in to is nobody's business, nor where else their clinicians
    work theirs: both are shown to each other as they take part, and no deputies to patients."""
    exact = {row.id: (row.person_id, row.organisation_id) for row in rows if _exactly(row, by)}
    places = identity.people_in_places(set(exact.values())) if exact else {}
    people = identity.people_by_id({row.person_id for row in rows if row.id not in exact})
    return {row.id: places[exact[row.id]] if row.id in exact else people[row.person_id] for row in rows}


def _exactly(row: GroupMember, by: Actor) -> bool:
    return row.is_patient or by.has(Role.PATIENT)


def _first_seqs(group_ids: Collection[uuid.UUID], *, by: Actor) -> dict[uuid.UUID, int]:
    """Of the actor's device where there is one, else of the person's earliest device."""
    leaves = GroupDevice.objects.filter(
        group__in=group_ids, left_seq__isnull=True, member__person=by.person_id
    )
    own = leaves.filter(device=by.device_id) if by.device_id else leaves
    return {
        group_id: joined + 1 for group_id, joined in own.values_list("group_id").annotate(Min("joined_seq"))
    }
