"""Offboardings, as an administrator sees them: what would happen, and what has happened."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from audit import access as audit
from audit.access import Place, ProvenEvent
from identity import sessions
from identity.access.actors import valid_memberships
from identity.access.api_keys import keys_made_by
from identity.access.staff import StaffEntry, administered, entry_of, staff_membership
from identity.models import Device, IdentityKey, Invitation, Membership, Offboarding, SignIn
from identity.names import search_words
from identity.states import (
    CLINICAL,
    OFFBOARDING_REASONS,
    OFFBOARDING_STEPS,
    STAFF,
    InvitationState,
    OffboardingStep,
)
from medicus.lib import callbacks
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

OFFERED = 100
HANDED_OVER_DAYS = 90
OPEN_INVITATIONS = [InvitationState.OPEN.value, InvitationState.BEGUN.value]


@dataclass(frozen=True, slots=True)
class Leaver:
    """Who is offboarded, as other apps are told by "offboarding-preview" and "offboarded".

    Both answer with counts by step, and tell under "words" what their steps are called. `deputy_id`: a
    membership, as `membership_id` is."""

    membership_id: uuid.UUID
    person_id: uuid.UUID
    organisation_id: uuid.UUID
    deputy_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Something that an offboarding ends. `title`: for people, in the language of the request."""

    step: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Deputy:
    """A colleague who can stand in."""

    membership_id: uuid.UUID
    name: str
    department: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What would happen. `deputies`: colleagues who can stand in. `own`: nobody offboards themselves."""

    entry: StaffEntry
    effects: Sequence[Effect]
    deputies: Sequence[Deputy]
    own: bool


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A step as its audit event tells it. seconds: after the click. `place` None: it waits for its seal.

    `missing`: the log does not hold the event (any more)."""

    title: str
    count: int
    at: datetime
    seconds: float
    event_id: uuid.UUID
    place: Place | None
    missing: bool


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Somebody who has left, as their deputy sees them."""

    person_id: uuid.UUID
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Sheet:
    """The proof sheet of one offboarding. `started_by`: empty for the service itself."""

    id: uuid.UUID
    membership_id: uuid.UUID
    name: str
    email: str
    organisation_name: str
    reason: str
    reason_label: str
    deputy: str
    deputy_department: str
    started_by: str
    started_at: datetime
    finished_at: datetime
    undone_at: datetime | None
    lines: Sequence[SheetLine]

    @property
    def seconds(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()

    @property
    def is_sealed(self) -> bool:
        return all(line.place for line in self.lines)

    @property
    def checkpoint(self) -> Place | None:
        """The place of the last event, whose checkpoint holds all of it; None until it is sealed."""
        places = [line.place for line in self.lines if line.place]
        return max(places, key=lambda place: place.size) if self.is_sealed and places else None


def preview(*, by: Actor, membership_id: uuid.UUID, query: str = "") -> Preview:
    """Tell what an offboarding would end, in counts.

    query: beginnings of names of those who could stand in; without one the colleagues of the department.

    Raises:
        NotFound: not an administrator of this organisation, or the membership is absent.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    counts = own_counts(membership)
    leaver = Leaver(membership.id, membership.person_id, membership.organisation_id)
    for told in callbacks.call("offboarding-preview", leaver=leaver):
        counts.update(told)
    labels = step_labels(counts)
    return Preview(
        entry=entry_of(membership),
        effects=[Effect(step, labels[step], count) for step, count in counts.items()],
        deputies=[
            _deputy(row) for row in _offered(deputies(by=by, membership=membership), membership, query)
        ],
        own=membership.person_id == by.person_id,
    )


def _offered(found: QuerySet[Membership], of: Membership, query: str) -> QuerySet[Membership]:
    for word in search_words(query):
        found = found.filter(person__search_name__contains=f" {word}")
    near = found.filter(department=of.department_id) if of.department_id and not query.strip() else found
    return (near if near.exists() else found)[:OFFERED]


def _deputy(row: Membership) -> Deputy:
    return Deputy(row.id, row.person.name, row.department.name if row.department else "")


def handed_over_to(*, by: Actor) -> list[HandedOver]:
    """For whom the actor stands in, those who left last first; for ninety days."""
    rows = Offboarding.objects.filter(
        deputy=by.membership_id, undone_at=None, started_at__gt=now() - timedelta(days=HANDED_OVER_DAYS)
    ).select_related("membership__person")
    return [
        HandedOver(row.membership.person_id, row.membership.person.name, row.started_at)
        for row in rows.order_by("-started_at", "-id")
        if by.membership_id
    ]


def own_counts(membership: Membership) -> Counter[str]:
    """What this app holds of a membership, by the step that ends it."""
    mine = {"person": membership.person_id, "organisation": membership.organisation_id, "revoked_at": None}
    made = keys_made_by(person_id=membership.person_id, organisation_id=membership.organisation_id)
    links = Invitation.objects.filter(membership=membership, state__in=OPEN_INVITATIONS)
    return Counter(
        {
            OffboardingStep.END_SESSIONS.value: len(sessions_in(membership)),
            OffboardingStep.REVOKE_KEY.value: IdentityKey.objects.filter(**mine).count(),
            OffboardingStep.REVOKE_DEVICES.value: Device.objects.filter(**mine).count(),
            OffboardingStep.WITHDRAW_INVITATIONS.value: links.count(),
            OffboardingStep.REVOKE_API_KEYS.value: made.count(),
        }
    )


def sessions_in(membership: Membership) -> list[Session]:
    """The rows of a person's sessions that act in this membership and still hold."""
    version = membership.person.auth_version
    since = now() - timedelta(seconds=settings.SESSION_ABSOLUTE_SECONDS)
    began = SignIn.objects.filter(person=membership.person_id, succeeded=True, at__gt=since)
    keys = began.exclude(session_key=None).values_list("session_key", flat=True)
    found = [
        (row, sessions.full_of_row(row))
        for row in Session.objects.filter(session_key__in=list(keys), expire_date__gt=now())
    ]
    mine = (membership.id, version)
    return [row for row, state in found if state and (state.membership_id, state.auth_version) == mine]


def deputies(*, by: Actor, membership: Membership) -> QuerySet[Membership]:
    """Who can stand in for a member: valid, of the same organisation; for who treats patients, who does so, too.

    Raises:
        NotFound: the actor does not administer the organisation.
    """
    if not by.has(Role.SYSTEM) and administered(by=by) != membership.organisation_id:
        raise NotFound
    functions = CLINICAL if membership.function in CLINICAL else STAFF
    found = valid_memberships().filter(organisation=membership.organisation_id, function__in=functions)
    rows = found.exclude(person=membership.person_id).select_related("person", "organisation", "department")
    return rows.order_by("person__search_name", "id")


def sheets_of(*, by: Actor, membership_id: uuid.UUID) -> list[Offboarding]:
    """The offboardings of a membership, the newest first.

    Raises:
        NotFound: see `staff_membership`.
    """
    membership = staff_membership(by=by, membership_id=membership_id)
    return list(Offboarding.objects.filter(membership=membership).order_by("-started_at", "-id"))


def sheet(*, by: Actor, offboarding_id: uuid.UUID) -> Sheet:
    """Show what an offboarding did, as the audit log proves it.

    Raises:
        NotFound: absent, of another organisation, or the actor is no administrator.
    """
    rows = Offboarding.objects.select_related(
        "membership__person", "membership__organisation", "deputy__person", "deputy__department", "started_by"
    )
    if not by.has(Role.SYSTEM):
        rows = rows.filter(membership__organisation=administered(by=by))
    row = rows.filter(id=offboarding_id).first()
    if row is None:
        raise NotFound
    person, deputy = row.membership.person, row.deputy
    return Sheet(
        id=row.id,
        membership_id=row.membership_id,
        name=person.name,
        email=person.email,
        organisation_name=row.membership.organisation.name,
        reason=row.reason,
        reason_label=str(OFFBOARDING_REASONS[row.reason]),
        deputy=deputy.person.name if deputy else "",
        deputy_department=deputy.department.name if deputy and deputy.department else "",
        started_by=row.started_by.name if row.started_by else "",
        started_at=row.started_at,
        finished_at=row.finished_at,
        undone_at=row.undone_at,
        lines=_lines(row, by=by),
    )


def step_labels(steps: Mapping[str, int] | Sequence[str]) -> dict[str, str]:
    """What steps are called: ours, and those of the apps above, which tell it as words."""
    labels = {step: step for step in steps}
    for words in callbacks.call("words", codes=set(steps)):
        labels |= words
    return labels | {step: str(OFFBOARDING_STEPS[step]) for step in steps if step in OFFBOARDING_STEPS}


def _lines(row: Offboarding, *, by: Actor) -> list[SheetLine]:
    """From the log, in the order of the steps. The row says only which events they are, and what is missing."""
    labels = step_labels([step["step"] for step in row.steps])
    ids = [uuid.UUID(step["event_id"]) for step in row.steps]
    events = audit.proven_events(by=by, event_ids=ids)
    return [
        _line(row, step, labels, events.get(event_id)) for step, event_id in zip(row.steps, ids, strict=True)
    ]


def _line(
    row: Offboarding, step: dict[str, Any], labels: dict[str, str], event: ProvenEvent | None
) -> SheetLine:
    at = event.at if event else datetime.fromisoformat(step["at"])
    return SheetLine(
        title=labels[step["step"]],
        count=int(event.details.get("count", 1)) if event else step["count"],
        at=at,
        seconds=max(0.0, (at - row.started_at).total_seconds()),
        event_id=uuid.UUID(step["event_id"]),
        place=event.place if event else None,
        missing=event is None,
    )
