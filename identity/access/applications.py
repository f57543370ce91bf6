"""Applications of organisations: what the applicant and the platform's operators see of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from identity import dns_proof
from identity.models import Application, Invitation, Membership, Organisation, Person
from identity.states import ApplicationState
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

WAITING = (ApplicationState.SUBMITTED, ApplicationState.CHECKED)
WITH_THE_HOSPITAL = (ApplicationState.DRAFT, ApplicationState.DECLINED)
_NONE = "!"
"""How Django marks that no password has been set."""
SHOWN = 100
"""Of each part of the queue that does not wait for an operator."""


@dataclass(frozen=True, slots=True)
class ApplicationCard:
    """One application. submission: what a decision must name, so that nobody decides on what has changed.

    administrator, email: who registered it, or has begun there first. begun: somebody has set a password."""

    organisation_id: uuid.UUID
    name: str
    kind: str
    domain: str
    city: str
    created_at: datetime
    state: ApplicationState
    submission: int
    record_name: str
    record_value: str
    domain_outcome: str
    domain_checked_at: datetime | None
    domain_proven_at: datetime | None
    evidence_kind: str
    evidence_reference: str
    evidence_note: str
    submitted_by: str
    submitted_at: datetime | None
    checked_by: str
    checked_by_me: bool
    checked_at: datetime | None
    check_note: str
    decided_by: str
    decided_at: datetime | None
    decline_reason: str
    administrator: str
    email: str
    begun: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """waiting: the oldest first. The other two: the newest first, at most `SHOWN` of each."""

    waiting: Sequence[ApplicationCard]
    preparing: Sequence[ApplicationCard]
    decided: Sequence[ApplicationCard]


def application_of(*, by: Actor, organisation_id: uuid.UUID) -> Application:
    """Get an organisation's application: its own administrators, the operators and the service.

    Raises:
        NotFound: absent, or not for this actor.
    """
    found = _rows().filter(organisation=organisation_id).first()
    own = by.has(Role.ADMIN) and by.organisation_id == organisation_id
    if found is None or not (own or by.has(Role.OPERATOR) or by.has(Role.SYSTEM)):
        raise NotFound
    return found


def application(*, by: Actor, organisation_id: uuid.UUID) -> ApplicationCard:
    """Show one application.

    Raises:
        NotFound: see `application_of`.
    """
    found = application_of(by=by, organisation_id=organisation_id)
    return _card(found, _first_administrators([found]).get(organisation_id), by)


def queue(*, by: Actor) -> Queue:
    """Show all applications, in four queries, however many there are.

    Raises:
        NotFound: not an operator.
    """
    if not (by.has(Role.OPERATOR) or by.has(Role.SYSTEM)):
        raise NotFound
    waiting = list(_rows().filter(state__in=WAITING).order_by("submitted_at", "id"))
    preparing = list(_rows().filter(state__in=WITH_THE_HOSPITAL).order_by("-id")[:SHOWN])
    decided = list(_rows().filter(state=ApplicationState.APPROVED).order_by("-decided_at", "-id")[:SHOWN])
    first = _first_administrators([*waiting, *preparing, *decided])
    parts = (
        [_card(one, first.get(one.organisation_id), by) for one in part]
        for part in (waiting, preparing, decided)
    )
    return Queue(*parts)


def waiting_applications(*, by: Actor) -> int:
    """How many applications wait for an operator; none for anybody else."""
    return Application.objects.filter(state__in=WAITING).count() if by.has(Role.OPERATOR) else 0


def has_proven_domain(organisation_id: uuid.UUID) -> bool:
    """Whether an organisation has shown that its domain is its own, or is verified."""
    proven = Q(domain_proven_at__isnull=False) | Q(organisation__verified_at__isnull=False)
    return Application.objects.filter(proven, organisation=organisation_id).exists()


def begun_by(organisation: Organisation) -> QuerySet[Person]:
    """The people of an organisation who have set a password or signed in."""
    return Person.objects.filter(~Q(password__startswith=_NONE) | Q(last_login__isnull=False)).filter(
        memberships__organisation=organisation
    )


def abandoned_registrations(*, before: datetime) -> list[uuid.UUID]:
    """Organisations made before an instant whose people have no link that still holds and never entered.

    One without people was added by an operator, who is at it."""
    people = Membership.objects.filter(organisation=OuterRef("organisation"))
    entered = people.filter(~Q(person__password__startswith=_NONE) | Q(person__last_login__isnull=False))
    links = Invitation.objects.filter(
        membership__organisation=OuterRef("organisation"), ended_at=None, expires_at__gt=now()
    )
    rows = Application.objects.filter(
        Exists(people),
        ~Exists(entered),
        ~Exists(links),
        state=ApplicationState.DRAFT,
        organisation__created_at__lt=before,
    )
    return list(rows.values_list("organisation_id", flat=True))


def _rows() -> QuerySet[Application]:
    return Application.objects.select_related("organisation", "submitted_by", "checked_by", "decided_by")


def _first_administrators(applications: Sequence[Application]) -> dict[uuid.UUID, Membership]:
    places = Membership.objects.filter(
        organisation__in=[each.organisation_id for each in applications], is_admin=True
    )
    found = places.select_related("person").order_by("-id")
    return {place.organisation_id: place for place in found}


def _card(found: Application, first: Membership | None, by: Actor) -> ApplicationCard:
    organisation, person = found.organisation, first.person if first else None
    return ApplicationCard(
        organisation_id=organisation.id,
        name=organisation.name,
        kind=organisation.kind,
        domain=organisation.domain,
        city=organisation.city,
        created_at=organisation.created_at,
        state=ApplicationState(found.state),
        submission=found.submissions,
        record_name=dns_proof.record_name(organisation.domain),
        record_value=found.domain_token,
        domain_outcome=found.domain_outcome,
        domain_checked_at=found.domain_checked_at,
        domain_proven_at=found.domain_proven_at,
        evidence_kind=found.evidence_kind,
        evidence_reference=found.evidence_reference,
        evidence_note=found.evidence_note,
        submitted_by=_name(found.submitted_by),
        submitted_at=found.submitted_at,
        checked_by=_name(found.checked_by),
        checked_by_me=found.checked_by_id is not None and found.checked_by_id == by.person_id,
        checked_at=found.checked_at,
        check_note=found.check_note,
        decided_by=_name(found.decided_by),
        decided_at=found.decided_at,
        decline_reason=found.decline_reason,
        administrator=_name(person),
        email=person.email if person else "",
        begun=person is not None and person.has_usable_password(),
    )


def _name(person: Person | None) -> str:
    return person.name if person else ""
