"""Urgent messages as the members of their conversations see them: whom they ask, and what has happened."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from identity import access as identity
from identity.access import PersonCard
from identity.access.actors import valid_memberships
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging.access.groups import active_leaves, is_member
from messaging.models import GroupMember
from messaging.models_urgent import UrgentLine, UrgentMessage, UrgentStep
from messaging.states_urgent import LISTED, UrgentState


@dataclass(frozen=True, slots=True)
class StepView:
    """Whom it asks at a step. name: empty where nobody could be asked; delivered, seen: by one of their devices."""

    step: int
    person_id: uuid.UUID | None
    name: str
    role_name: str
    after_minutes: int
    reached_at: datetime | None
    skipped: bool
    delivered: bool
    seen: bool


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of the timeline."""

    at: datetime
    kind: str
    step: int
    person_id: uuid.UUID | None
    name: str
    from_person_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class UrgentView:
    """An urgent message. seq: None while the message is not there; due_at: when it climbs on; role_name: empty where
    the reader may not know of the role."""

    id: uuid.UUID
    group_id: uuid.UUID
    message_id: uuid.UUID
    seq: int | None
    sender_id: uuid.UUID
    role_id: uuid.UUID | None
    role_name: str
    deadline_minutes: int
    state: str
    step: int
    due_at: datetime | None
    announced_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    closed_by: uuid.UUID | None
    steps: Sequence[StepView] = ()
    timeline: Sequence[LineView] = ()


@dataclass(frozen=True, slots=True)
class UrgentPage:
    """Those of a conversation. more: there are later ones."""

    urgent: list[UrgentView]
    more: bool


def urgent_message(*, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID) -> UrgentView:
    """Show an urgent message with its steps and its timeline, in a fixed number of queries.

    Raises:
        NotFound: absent, or the actor is not in its conversation.
    """
    found = UrgentMessage.objects.filter(group=group_id, message_id=message_id).select_related("role").first()
    if found is None or not is_member(by=by, group_id=group_id):
        raise NotFound
    steps = list(found.steps.select_related("role"))
    lines = list(found.timeline.order_by("number"))
    people = {row.person_id for row in steps} | {line.person_id for line in lines}
    cards = identity.people_by_id({person_id for person_id in people if person_id})
    return view_of(
        found,
        by=by,
        steps=_steps(found, steps, cards, by=by),
        timeline=[_line(line, cards) for line in lines],
    )


def urgent_messages(*, by: Actor, group_id: uuid.UUID, since: int) -> UrgentPage:
    """List the urgent messages of a conversation after `since`, in order; those that were sent.

    Raises:
        NotFound: the actor is not in such a group.
    """
    if not is_member(by=by, group_id=group_id):
        raise NotFound
    rows = UrgentMessage.objects.filter(group=group_id, seq__gt=since).select_related("role")
    found = list(rows.order_by("seq")[: LISTED + 1])
    return UrgentPage([view_of(row, by=by) for row in found[:LISTED]], more=len(found) > LISTED)


def view_of(
    found: UrgentMessage,
    *,
    by: Actor,
    steps: Sequence[StepView] = (),
    timeline: Sequence[LineView] = (),
) -> UrgentView:
    return UrgentView(
        id=found.id,
        group_id=found.group_id,
        message_id=found.message_id,
        seq=found.seq,
        sender_id=found.sender_id,
        role_id=found.role_id,
        role_name=role_name(found, by=by),
        deadline_minutes=found.deadline_minutes,
        state=found.state,
        step=found.step,
        due_at=None if found.state == UrgentState.ANNOUNCED else found.due_at,
        announced_at=found.announced_at,
        started_at=found.started_at,
        closed_at=found.closed_at,
        closed_by=found.closed_by_id,
        steps=steps,
        timeline=timeline,
    )


def role_name(found: UrgentMessage | UrgentStep, *, by: Actor) -> str:
    """What a role is called, to those who find it in the directory; an empty text to others, and where there is none."""
    role = found.role
    known = role is not None and (role.is_public or role.organisation_id == by.organisation_id)
    return role.name if role is not None and known else ""


def asked_people(group_id: uuid.UUID) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Who can be asked in a conversation now, and for which organisation: they belong to it, and a device of theirs
    reads here."""
    leaves = active_leaves(group_id).values_list("member__person_id", "member__organisation_id")
    reading = set(leaves)
    valid = valid_memberships().filter(
        person__in={person_id for person_id, _ in reading},
        organisation__in={organisation_id for _, organisation_id in reading},
    )
    return reading & set(valid.values_list("person_id", "organisation_id"))


def _steps(
    found: UrgentMessage, steps: Sequence[UrgentStep], cards: Mapping[uuid.UUID, PersonCard], *, by: Actor
) -> list[StepView]:
    marks = _watermarks(found, steps)
    views, after, before = [], 0, None
    for row in steps:
        if before is not None and row.step != before.step:
            after += before.given_minutes
        before = row
        delivered, seen = marks.get(row.person_id, (0, 0)) if row.person_id else (0, 0)
        views.append(
            StepView(
                step=row.step,
                person_id=row.person_id,
                name=_name(row.person_id, cards),
                role_name=role_name(row, by=by),
                after_minutes=after,
                reached_at=row.reached_at,
                skipped=row.skipped,
                delivered=found.seq is not None and delivered >= found.seq,
                seen=found.seq is not None and seen >= found.seq,
            )
        )
    return views


def _watermarks(found: UrgentMessage, steps: Sequence[UrgentStep]) -> dict[uuid.UUID, tuple[int, int]]:
    members = GroupMember.objects.filter(
        group=found.group_id,
        person__in={row.person_id for row in steps if row.person_id},
        left_seq__isnull=True,
    )
    marks = members.values_list("person_id", "receipt__delivered_seq", "receipt__seen_seq")
    return {person_id: (delivered or 0, seen or 0) for person_id, delivered, seen in marks}


def _line(line: UrgentLine, cards: Mapping[uuid.UUID, PersonCard]) -> LineView:
    return LineView(
        line.at, line.act, line.step, line.person_id, _name(line.person_id, cards), line.from_person_id
    )


def _name(person_id: uuid.UUID | None, cards: Mapping[uuid.UUID, PersonCard]) -> str:
    return cards[person_id].name if person_id and person_id in cards else ""
