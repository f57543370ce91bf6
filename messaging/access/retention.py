"""Until when messages are kept, and what stops their expiry."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from identity import access as identity
from messaging.models import Case, Group, GroupMember, Hold
from messaging.states import CASES, KeptFrom


@dataclass(frozen=True, slots=True)
class HoldNote:
    """That an organisation stops the expiry here; neither why, nor because of whom."""

    organisation_name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Retention:
    """`days` after `begins` messages expire. `ends_at`: when all of a closed case do; None where that is not known.

    `expired_seq`: up to here they have expired already, but for those that are marked for the record."""

    days: int
    begins: KeptFrom
    ends_at: datetime | None
    holds: tuple[HoldNote, ...]
    expired_seq: int

    def expired_before(self, at: datetime) -> datetime | None:
        """What was sent up to this instant has expired at `at`; None: nothing has."""
        if self.holds:
            return None
        if self.begins == KeptFrom.SENT:
            return at - timedelta(days=self.days)
        return at if self.ends_at is not None and self.ends_at <= at else None


def retentions(groups: Collection[Group]) -> dict[uuid.UUID, Retention]:
    """Until when the messages of these groups are kept, in three queries. The groups come with their `case`.

    The longest period of all organisations holds that take part or ever took part: nobody loses what their hospital
    must keep, and nobody shortens it by putting the others out."""
    parties: dict[uuid.UUID, set[tuple[uuid.UUID, uuid.UUID]]] = defaultdict(set)
    members = GroupMember.objects.filter(group__in=[group.id for group in groups])
    for group_id, *party in members.values_list("group_id", "organisation_id", "person_id"):
        parties[group_id].add((party[0], party[1]))
    everybody = {party for found in parties.values() for party in found}
    kept = identity.messages_kept_for({organisation_id for organisation_id, _person in everybody})
    on_groups, on_parties = _holds([group.id for group in groups], everybody)
    found = {}
    for group in groups:
        there = parties[group.id]
        involved = [kept[organisation_id] for organisation_id, _person in there]
        notes = {*on_groups[group.id], *(note for party in there for note in on_parties[party])}
        found[group.id] = _retention(group, involved, tuple(sorted(notes, key=_oldest_first)))
    return found


def _retention(group: Group, involved: list[identity.KeptFor], holds: tuple[HoldNote, ...]) -> Retention:
    case = case_of(group)
    if case is None:
        days = max((each.talk_days for each in involved), default=0)
        return Retention(days, KeptFrom.SENT, None, holds, group.expired_seq)
    days = max((each.case_days for each in involved), default=0)
    ends_at = case.closed_at + timedelta(days=days) if case.closed_at else None
    return Retention(days, KeptFrom.CLOSED, ends_at, holds, group.expired_seq)


def case_of(group: Group) -> Case | None:
    """The case of a group that has one; costs nothing where it was selected along."""
    return group.case if group.kind in CASES else None


def held_groups() -> Q:
    """Groups whose expiry a hold stops, to leave them out of what has fallen due."""
    lasting = Hold.objects.filter(lifted_at__isnull=True)
    people = lasting.filter(person__isnull=False).values("person_id", "organisation_id")
    theirs = Q(pk__in=[])
    for each in people:
        theirs |= Q(person=each["person_id"], organisation=each["organisation_id"])
    of_people = GroupMember.objects.filter(theirs).values("group_id")
    return Q(id__in=lasting.filter(group__isnull=False).values("group_id")) | Q(id__in=of_people)


def _holds(
    group_ids: Collection[uuid.UUID], parties: Collection[tuple[uuid.UUID, uuid.UUID]]
) -> tuple[Mapping[uuid.UUID, set[HoldNote]], Mapping[tuple[uuid.UUID, uuid.UUID], set[HoldNote]]]:
    """The holds in force, by group and by (organisation, person)."""
    by_group: dict[uuid.UUID, set[HoldNote]] = defaultdict(set)
    by_party: dict[tuple[uuid.UUID, uuid.UUID], set[HoldNote]] = defaultdict(set)
    on_these = Q(group__in=group_ids) | Q(person__in={person_id for _organisation, person_id in parties})
    lasting = Hold.objects.filter(on_these, lifted_at__isnull=True).select_related("organisation")
    for hold in lasting:
        note = HoldNote(hold.organisation.name, hold.placed_at)
        if hold.group_id is not None:
            by_group[hold.group_id].add(note)
        elif hold.person_id is not None:
            by_party[hold.organisation_id, hold.person_id].add(note)
    return by_group, by_party


def _oldest_first(note: HoldNote) -> tuple[datetime, str]:
    return note.since, note.organisation_name
