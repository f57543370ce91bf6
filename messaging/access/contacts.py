"""Contact requests: who is acquainted with whom, and what becomes of one."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging.models import ContactRequest, GroupMember
from messaging.states import CONTACT_PAUSE_DAYS, ContactState
from rota import access as rota

Party = tuple[uuid.UUID, uuid.UUID]
"""A person and the organisation for which they act."""


@dataclass(frozen=True, slots=True)
class ContactView:
    """A request that is not accepted. `left`: messages that the requester may still send; `again_at`: when they may
    ask anew, where they were declined."""

    state: str
    requester_id: uuid.UUID
    made_at: datetime
    expires_at: datetime
    left: int
    reason: str
    role_id: uuid.UUID | None
    role_name: str
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A role that a request may be passed on to."""

    role_id: uuid.UUID
    name: str
    description: str


def strangers(party: Party, others: Collection[Party]) -> set[Party]:
    """Of these, the people of other organisations with whom somebody is not acquainted.

    Acquainted are those one of whom accepted the other's request, and those who are in a conversation together
    that is not held back."""
    foreign = {other for other in others if other[1] != party[1]}
    if not foreign:
        return set()
    return foreign - _accepted(party, foreign) - _together(party, foreign)


def _accepted(party: Party, others: Collection[Party]) -> set[Party]:
    accepted = ContactRequest.objects.filter(state=ContactState.ACCEPTED.value)
    people = {person for person, _ in others}
    made = accepted.filter(
        requester=party[0], requester_organisation=party[1], recipient__in=people
    ).values_list("recipient_id", "recipient_organisation_id")
    taken = accepted.filter(
        recipient=party[0], recipient_organisation=party[1], requester__in=people
    ).values_list("requester_id", "requester_organisation_id")
    return {*made, *taken}


def _together(party: Party, others: Collection[Party]) -> set[Party]:
    own = GroupMember.objects.filter(
        person=party[0], organisation=party[1], left_seq__isnull=True, group__held_for__isnull=True
    )
    met = GroupMember.objects.filter(
        group__in=own.values("group_id"), left_seq__isnull=True, person__in={person for person, _ in others}
    )
    return set(met.values_list("person_id", "organisation_id"))


def standing_between(party: Party, other: Party) -> ContactRequest | None:
    """What stands in the way of a new request between two people: an open one, or one that was declined lately.

    One that was passed on is none: whoever passed it on may hold the role themselves."""
    open_now = Q(state=ContactState.OPEN.value)
    declined = Q(state=ContactState.DECLINED.value, decided_at__gt=now() - PAUSE)
    ours = _pair(party, other) & (open_now | declined)
    theirs = _pair(other, party) & open_now
    return ContactRequest.objects.filter(ours | theirs).order_by("-made_at").first()


PAUSE = timedelta(days=CONTACT_PAUSE_DAYS)


def _pair(requester: Party, recipient: Party) -> Q:
    return Q(
        requester=requester[0],
        requester_organisation=requester[1],
        recipient=recipient[0],
        recipient_organisation=recipient[1],
    )


def open_requests(party: Party) -> int:
    """How many requests of somebody wait for an answer."""
    mine = ContactRequest.objects.filter(requester=party[0], requester_organisation=party[1])
    return mine.filter(state=ContactState.OPEN.value).count()


def again_at(request: ContactRequest) -> datetime | None:
    """When its maker may ask the same person again; None where nothing is in the way, or an answer is still due."""
    declined = request.state == ContactState.DECLINED
    return request.decided_at + PAUSE if declined and request.decided_at else None


def contact_view(request: ContactRequest, *, left: int) -> ContactView | None:
    """What both people see of a request; nothing once it is accepted."""
    if request.state == ContactState.ACCEPTED:
        return None
    return ContactView(
        state=request.state,
        requester_id=request.requester_id,
        made_at=request.made_at,
        expires_at=request.expires_at,
        left=left,
        reason=request.reason,
        role_id=request.role_id,
        role_name=request.role.name if request.role else "",
        again_at=again_at(request),
    )


def request_to(*, by: Actor, group_id: uuid.UUID) -> ContactRequest:
    """Get the request that the actor was asked with in a group they are in, whatever became of it.

    Raises:
        NotFound: absent, or addressed to somebody else.
    """
    member = GroupMember.objects.filter(
        person=by.person_id, organisation=by.organisation_id, left_seq__isnull=True
    )
    found = ContactRequest.objects.filter(
        group=group_id,
        group__in=member.values("group_id"),
        recipient=by.person_id,
        recipient_organisation=by.organisation_id,
    ).first()
    if found is None:
        raise NotFound
    return found


def role_choices(*, by: Actor, group_id: uuid.UUID) -> list[RoleChoice]:
    """To which roles of their own hospital the person who is asked may pass a request on: to those that others find
    and whose holder they are told.

    Raises:
        NotFound: as for `request_to`.
    """
    request_to(by=by, group_id=group_id)
    return [RoleChoice(role.id, role.name, role.description) for role in rota.roles_for_others(by=by)]
