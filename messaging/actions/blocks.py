"""Blocking a person: their direct conversations with the actor close, and new requests are refused like a stranger's.

Whoever is blocked is not told. What they get to read stands elsewhere, too: in a closed conversation the words of a
request that was not accepted, to a new request the words of one that was declined. Conversations of teams and about
cases stay as they are, and whoever holds a role can be brought into one: an urgent message to the role finds them."""

import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor, Role, require_system
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging import news
from messaging.access.conduct import BlockCard, blocks, met
from messaging.actions.contacts import end_open_requests
from messaging.models import ContactRequest, Group, GroupMember
from messaging.models_conduct import Block
from messaging.states import ContactState, GroupKind


@transaction.atomic
def block(*, by: Actor, person_id: uuid.UUID) -> list[BlockCard]:
    """Block a person of another organisation, or one with whom the actor is in a direct conversation.

    Repeating it changes nothing. Returns whom the actor blocks now.

    Raises:
        NotFound: they never met in a conversation, or only in one of colleagues; themselves; patients do not block.
    """
    mine, here = _staff(by)
    there = met(by=by, person_id=person_id)
    colleague = there is not None and there.organisation_id == by.organisation_id
    if there is None or (colleague and met(by=by, person_id=person_id, direct=True) is None):
        raise NotFound
    made, fresh = Block.objects.get_or_create(
        person_id=mine,
        blocked_id=person_id,
        defaults={"organisation_id": here, "made_at": now()},
    )
    if fresh:
        end_open_requests(by=by, person_id=person_id)
        _settle(mine, person_id)
        _record(Event.PERSON_BLOCK, made, by=by)
        _tell(by)
    return blocks(by=by)


@transaction.atomic
def unblock(*, by: Actor, person_id: uuid.UUID) -> list[BlockCard]:
    """Lift a block: direct conversations that it closed are open again.

    Raises:
        NotFound: the actor does not block this person.
    """
    mine, _here = _staff(by)
    made = Block.objects.select_for_update().filter(person=mine, blocked=person_id).first()
    if made is None:
        raise NotFound
    _record(Event.PERSON_UNBLOCK, made, by=by)
    made.delete()
    _settle(mine, person_id)
    _tell(by)
    return blocks(by=by)


def forget_blocks_of(*, by: Actor, person_id: uuid.UUID) -> None:
    """Delete the blocks that somebody made, and those against them.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    Block.objects.filter(person=person_id).delete()
    Block.objects.filter(blocked=person_id).delete()


def _settle(one: uuid.UUID, other: uuid.UUID) -> None:
    """Close or open the direct conversations of two people, as their blocks say; under the locks of their rows.

    One that waits for the answer to a contact request, or was closed by one, stays as it is."""
    standing = Block.objects.filter(person__in=[one, other], blocked__in=[one, other]).first()
    held_for = standing.blocked_id if standing else None
    for group in _direct(one, other).select_for_update(of=("self",), no_key=True):
        group.held_for_id, group.held_left = held_for, 0
        group.save(update_fields=["held_for", "held_left"])


def _direct(one: uuid.UUID, other: uuid.UUID) -> QuerySet[Group]:
    members = GroupMember.objects.filter(group=OuterRef("id"), left_seq__isnull=True)
    unanswered = ContactRequest.objects.filter(group=OuterRef("id")).exclude(
        state=ContactState.ACCEPTED.value
    )
    return Group.objects.filter(
        Exists(members.filter(person=one)),
        Exists(members.filter(person=other)),
        ~Exists(unanswered),
        kind=GroupKind.DIRECT,
    ).order_by("id")


def _staff(by: Actor) -> tuple[uuid.UUID, uuid.UUID]:
    if by.person_id is None or by.organisation_id is None or not by.roles & {Role.CLINICIAN, Role.ADMIN}:
        raise NotFound
    return by.person_id, by.organisation_id


def _record(event: Event, made: Block, *, by: Actor) -> None:
    """Without the name of whom it concerns: that is nobody's business, and they are not to find it."""
    audit.record(event, by=by, subject=f"block/{made.id}", organisation_id=by.organisation_id)


def _tell(by: Actor) -> None:
    """Only the actor's own browsers."""
    if by.person_id:
        news.tell_on_commit(news.News(people=frozenset({by.person_id})))
