"""Cases, as members of their conversations see them."""

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from identity import access as identity
from medicus.lib.actor import Actor, Role
from medicus.lib.errors import NotFound
from messaging.models import Case, GroupDevice, GroupMember, Mark, RecordExport
from messaging.states import GroupKind, MarkState

_FILED = Q(
    export__sheet__examined_at__isnull=False,
    export__sheet__reason="",
    export__bundle__examined_at__isnull=False,
    export__bundle__reason="",
)
"""Both documents were found sound. What becomes of them in the record after that is the record's business."""
KEEPS = Q(state=MarkState.MARKED.value) | Q(state=MarkState.EXPORTED.value) & ~_FILED
"""A mark keeps its message until what was taken into the record can be read there."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """What everybody in the conversation sees of its case; of the patient only whether there is a record.

    `may_close`: whether the reader closes it and opens it again, and names the record."""

    state: str
    organisation_id: uuid.UUID
    organisation_name: str
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str
    outcome: str
    has_patient: bool
    may_close: bool


@dataclass(frozen=True, slots=True)
class MarkView:
    """A message that is kept for the record. `own`: the reader's organisation wants it there,
    and may waive that."""

    message_id: uuid.UUID
    own: bool


@dataclass(frozen=True, slots=True)
class RecordedView:
    """A message that is in the record of an organisation. `finding_id`: where it can be read, for its own people only.
    `examined`: whether the documents were found sound, and no longer may be refused."""

    message_id: uuid.UUID
    organisation_name: str
    recorded_by: str
    recorded_at: datetime
    finding_id: uuid.UUID | None
    examined: bool


@dataclass(frozen=True, slots=True)
class GroupMarks:
    kept: tuple[MarkView, ...] = ()
    recorded: tuple[RecordedView, ...] = ()


@dataclass(frozen=True, slots=True)
class PatientCase:
    """A case in the list of a patient's folder. Its title is encrypted; whom it is with says which one it is."""

    group_id: uuid.UUID
    state: str
    outcome: str
    opened_at: datetime
    closed_at: datetime | None
    people: tuple[str, ...]


def case_row(*, by: Actor, group_id: uuid.UUID) -> Case:
    """Get the case of a conversation that the actor is in now.

    Raises:
        NotFound: absent, no case, or the actor is not in it.
    """
    mine = own_memberships(by).filter(group=group_id)
    found = Case.objects.filter(group__in=mine.values("group_id")).select_related("organisation", "closed_by")
    case = found.first()
    if case is None:
        raise NotFound
    return case


def managed_case(*, by: Actor, group_id: uuid.UUID) -> Case:
    """Get a case that the actor closes, opens again, and names the record of.

    Raises:
        NotFound: absent, or for clinicians of the organisation whose case it is.
    """
    case = case_row(by=by, group_id=group_id)
    present = GroupMember.objects.filter(group=group_id, left_seq__isnull=True, is_patient=False)
    organisation_ids = set(present.values_list("organisation_id", flat=True))
    if not may_manage(case, organisation_ids, by=by):
        raise NotFound
    return case


def may_manage(case: Case, present: Collection[uuid.UUID], *, by: Actor) -> bool:
    """Clinicians of the case's organisation; where it has nobody in the conversation any more, those of all others."""
    own = by.organisation_id == case.organisation_id
    return by.has(Role.CLINICIAN) and (own or case.organisation_id not in present)


def case_view(case: Case, present: Collection[uuid.UUID], *, by: Actor) -> CaseView:
    """present: the organisations that have somebody of their staff in the conversation now."""
    return CaseView(
        state=case.state,
        organisation_id=case.organisation_id,
        organisation_name=case.organisation.name,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        closed_by=case.closed_by.name if case.closed_by and not by.has(Role.PATIENT) else "",
        outcome=case.outcome,
        has_patient=case.patient_id is not None,
        may_close=may_manage(case, present, by=by),
    )


def marks(*, by: Actor, group_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, GroupMarks]:
    """What is kept for the record in these groups, which the actor was found to be in, and what is there: one query."""
    rows = Mark.objects.filter(group__in=group_ids).exclude(state=MarkState.WAIVED.value)
    rows = rows.select_related("organisation", "export__exported_by").annotate(
        keeps=ExpressionWrapper(KEEPS, BooleanField()), filed=ExpressionWrapper(_FILED, BooleanField())
    )
    kept: dict[uuid.UUID, dict[uuid.UUID, bool]] = defaultdict(dict)
    recorded: dict[uuid.UUID, dict[tuple[uuid.UUID, uuid.UUID], RecordedView]] = defaultdict(dict)
    for mark in rows.order_by("marked_at", "id"):
        own, message_id = mark.organisation_id == by.organisation_id, mark.message_id
        if mark.keeps:
            mine = own and mark.state == MarkState.MARKED
            kept[mark.group_id][message_id] = kept[mark.group_id].get(message_id, False) or mine
        if mark.export:
            there, place = recorded[mark.group_id], (message_id, mark.organisation_id)
            if mark.filed or place not in there or not there[place].examined:
                there[place] = _recorded(mark, mark.export, own=own, examined=mark.filed)
    return {
        group_id: GroupMarks(
            tuple(MarkView(message_id, own) for message_id, own in kept[group_id].items()),
            tuple(recorded[group_id].values()),
        )
        for group_id in {*kept, *recorded}
    }


def _recorded(mark: Mark, export: RecordExport, *, own: bool, examined: bool) -> RecordedView:
    return RecordedView(
        message_id=mark.message_id,
        organisation_name=mark.organisation.name,
        recorded_by=export.exported_by.name,
        recorded_at=export.exported_at,
        finding_id=export.sheet_id if own else None,
        examined=examined,
    )


def kept_marks(group_ids: Collection[uuid.UUID]) -> QuerySet[Mark]:
    """The marks that keep messages of these groups from expiring."""
    return Mark.objects.filter(KEEPS, group__in=group_ids)


def shares_patient_case(*, by: Actor, since_left: bool) -> Exists:
    """Whether somebody is in a patient case with the actor; of rows with `person` and `organisation`.

    since_left: or was, and has left it since the actor came."""
    mine = own_memberships(by).filter(group=OuterRef("group"))
    together = Q(Exists(mine), left_seq__isnull=True)
    if since_left:
        together |= Q(Exists(mine.filter(joined_seq__lt=OuterRef("left_seq"))))
    else:
        together &= Q(is_patient=False) | Q(Exists(_reading()))
    theirs = GroupMember.objects.filter(
        together,
        person=OuterRef("person"),
        organisation=OuterRef("organisation"),
        group__kind=GroupKind.PATIENT.value,
    )
    return Exists(theirs)


def cases_of_patient(*, by: Actor, patient_id: uuid.UUID) -> list[PatientCase]:
    """The cases about a patient that the actor takes part in, newest first, without those in which the patient does
    (`correspondence`); for `storage`, which found that they may open the patient's folder."""
    mine = Case.objects.filter(patient=patient_id, group__in=own_memberships(by).values("group_id"))
    cases = list(mine.filter(with_patient=False).order_by("-opened_at"))
    if not cases:
        return []
    people: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    present = GroupMember.objects.filter(
        group__in=[case.group_id for case in cases], left_seq__isnull=True
    ).exclude(person=by.person_id)
    for group_id, person_id in present.order_by("joined_seq", "id").values_list("group_id", "person_id"):
        people[group_id].append(person_id)
    cards = identity.people_by_id({person_id for found in people.values() for person_id in found})
    return [
        PatientCase(
            group_id=case.group_id,
            state=case.state,
            outcome=case.outcome,
            opened_at=case.opened_at,
            closed_at=case.closed_at,
            people=tuple(cards[person_id].name for person_id in people[case.group_id]),
        )
        for case in cases
    ]


def own_memberships(by: Actor) -> QuerySet[GroupMember]:
    """Where the actor takes part now. A patient whose access ended does so no more, even before a commit removes them:
    the same account may come back for another record."""
    mine = GroupMember.objects.filter(
        person=by.person_id, organisation=by.organisation_id, left_seq__isnull=True
    )
    return mine.filter(Exists(_reading())) if by.has(Role.PATIENT) else mine


def _reading() -> QuerySet[GroupDevice]:
    """The leaves of a member that read."""
    return reading_leaves().filter(member=OuterRef("pk"))


def reading_leaves() -> QuerySet[GroupDevice]:
    """The leaves that may send and read: not removed, their device not revoked."""
    return GroupDevice.objects.filter(left_seq__isnull=True, revoked_at__isnull=True)
