"""Requests for new devices: as the person who waits sees their own, and as the organisation's administrators see them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from identity.access.actors import valid_memberships
from identity.access.rules import policy_of
from identity.access.staff import administered
from identity.device_approval import approval_code
from identity.models import Device, DeviceApproval, Membership, Organisation
from identity.names import search_words
from identity.states import DeviceApprovalState, NewDevicesPolicy
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

EXPIRED, UNNEEDED = "expired", "unneeded"
SHOWN, DECIDED_SHOWN = 100, 10
LIVE = (DeviceApprovalState.WAITING, DeviceApprovalState.APPROVED)


@dataclass(frozen=True, slots=True)
class OwnApproval:
    """state: of `DeviceApprovalState`; "expired"; or "unneeded": nobody has to be asked any more."""

    id: uuid.UUID
    state: str
    code: str
    reason: str
    requested_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalCard:
    """A request for the eyes of administrators. own: of the one who looks, who does not decide about it. devices: how
    many the person has. decided_by: empty for the operator."""

    id: uuid.UUID
    state: str
    person_id: uuid.UUID
    person: str
    department: str
    own: bool
    name: str
    browser: str
    system: str
    network: str
    code: str
    devices: int
    requested_at: datetime
    expires_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Approvals:
    """demanded: whether the policy asks for approvals now. waiting: the oldest first, at most a hundred of `total`.
    administrators: how many could decide."""

    demanded: bool
    waiting: Sequence[ApprovalCard]
    total: int
    decided: Sequence[ApprovalCard]
    administrators: int


def own_approval(*, by: Actor, approval_id: uuid.UUID) -> OwnApproval:
    """Get a request of the acting person in the organisation they act for, whatever became of it.

    Raises:
        NotFound: absent or somebody else's.
    """
    rows = _own(by).select_related("organisation__policy")
    found = rows.filter(id=approval_id).first()
    if found is None:
        raise NotFound
    return _own_card(found)


def own_waiting(*, by: Actor) -> QuerySet[DeviceApproval]:
    """What the acting person asks and nobody has decided yet."""
    return _own(by).filter(state=DeviceApprovalState.WAITING, expires_at__gt=now())


def device_approval(*, by: Actor, approval_id: uuid.UUID) -> DeviceApproval:
    """Get a request of the organisation that the actor administers; the service itself gets any.

    Raises:
        NotFound: absent, of another organisation, or the actor is no administrator.
    """
    rows = DeviceApproval.objects.all()
    if not by.has(Role.SYSTEM):
        rows = rows.filter(organisation=administered(by=by))
    found = rows.filter(id=approval_id).first()
    if found is None:
        raise NotFound
    return found


def approval_card(*, by: Actor, approval_id: uuid.UUID) -> ApprovalCard:
    """Show a request to an administrator.

    Raises:
        NotFound: see `device_approval`.
    """
    device_approval(by=by, approval_id=approval_id)
    return _card(by, _described(DeviceApproval.objects.filter(id=approval_id)).get())


def approvals(*, by: Actor, query: str = "", organisation_id: uuid.UUID | None = None) -> Approvals:
    """The requests of the organisation that the actor administers, and those that were decided last.

    query: beginnings of names. organisation_id: for the service itself, which administers none.

    Raises:
        NotFound: not an administrator.
    """
    given = organisation_id if by.has(Role.SYSTEM) else None
    owner = given or administered(by=by)
    organisation = Organisation.objects.select_related("policy").get(id=owner)
    rows = DeviceApproval.objects.filter(organisation=owner)
    waiting = rows.filter(state=DeviceApprovalState.WAITING, expires_at__gt=now())
    for word in search_words(query):
        waiting = waiting.filter(person__search_name__contains=f" {word}")
    demanded = _is_demanded(organisation)
    waiting = waiting if demanded else waiting.none()
    shown = [_card(by, row) for row in _described(waiting.order_by("requested_at", "id"))[:SHOWN]]
    decided = _described(rows.filter(decided_at__isnull=False).order_by("-decided_at", "-id"))
    return Approvals(
        demanded=demanded,
        waiting=shown,
        total=len(shown) if len(shown) < SHOWN else waiting.count(),
        decided=[_card(by, row) for row in decided[:DECIDED_SHOWN]],
        administrators=administrators_of(organisation.id),
    )


def waiting_approvals(*, organisation_id: uuid.UUID) -> int:
    """How many requests wait for an administrator of the organisation, for a caller who has checked who asks."""
    rows = DeviceApproval.objects.filter(
        organisation=organisation_id, state=DeviceApprovalState.WAITING, expires_at__gt=now()
    )
    return rows.filter(organisation__policy__new_devices=NewDevicesPolicy.ADMINISTRATOR).count()


def administrators_of(organisation_id: uuid.UUID) -> int:
    """How many people can administer an organisation now."""
    return valid_memberships().filter(organisation=organisation_id, is_admin=True).count()


def _own(by: Actor) -> QuerySet[DeviceApproval]:
    if by.person_id is None or by.organisation_id is None or by.has(Role.PATIENT):
        return DeviceApproval.objects.none()
    return DeviceApproval.objects.filter(person=by.person_id, organisation=by.organisation_id)


def _own_card(row: DeviceApproval) -> OwnApproval:
    state = _state(row)
    if state in {DeviceApprovalState.WAITING, EXPIRED} and not _is_demanded(row.organisation):
        state = UNNEEDED
    return OwnApproval(
        id=row.id,
        state=state,
        code=approval_code(bytes(row.fingerprint)),
        reason=row.reason,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
    )


def _is_demanded(organisation: Organisation) -> bool:
    return policy_of(organisation).new_devices == NewDevicesPolicy.ADMINISTRATOR


def _state(row: DeviceApproval) -> str:
    return EXPIRED if row.state in LIVE and row.expires_at <= now() else row.state


def _described(rows: QuerySet[DeviceApproval]) -> QuerySet[Any]:
    """With what a card tells of the person: their department here, and how many devices they have."""
    place = Membership.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"))
    devices = (
        Device.objects.filter(person=OuterRef("person"), organisation=OuterRef("organisation"))
        .filter(revoked_at=None, expires_at__gt=now())
        .order_by()
        .values("person")
        .annotate(count=Count("id"))
    )
    return rows.select_related("person", "decided_by").annotate(
        department=Subquery(place.values("department__name")[:1]),
        devices=Coalesce(Subquery(devices.values("count")), 0),
    )


def _card(by: Actor, row: Any) -> ApprovalCard:
    return ApprovalCard(
        id=row.id,
        state=_state(row),
        person_id=row.person_id,
        person=row.person.name,
        department=row.department or "",
        own=row.person_id == by.person_id,
        name=row.name,
        browser=row.browser,
        system=row.system,
        network=row.network,
        code=approval_code(bytes(row.fingerprint)),
        devices=row.devices,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by.name if row.decided_by else "",
        reason=row.reason,
    )
