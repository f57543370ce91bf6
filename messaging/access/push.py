"""Who is to be called: something waits unseen, and no browser of theirs has it, or nobody looks at it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from medicus.lib.actor import Actor
from messaging.models import Entry, GroupMember, PushSubscription
from messaging.push.keys import public_key
from messaging.states import EntryKind

ABSENT_SECONDS = 5
"""An open page confirms within a second what its socket brought; whoever has not by then has none."""
UNSEEN_SECONDS = 120
"""A page that is open on a ward's computer is no reason to leave the telephone silent."""
PAUSE_SECONDS = 60
RECENT_SECONDS = 3600
"""What is older has called already, or waited while no job ran; it calls nobody out of bed any more."""
LOOKED_AT = 200

Party = tuple[uuid.UUID, uuid.UUID]
"""A person, and the organisation for which they read."""


@dataclass(frozen=True, slots=True)
class PushState:
    """`key`: what a browser subscribes with; `subscribed`: whether this session's device is called; `device`: whether
    it has one."""

    key: str
    subscribed: bool
    device: bool


def push_state(*, by: Actor) -> PushState:
    """Whether the acting person's browser is called."""
    called = PushSubscription.objects.filter(device=by.device_id).exists() if by.device_id else False
    return PushState(public_key(), called, by.device_id is not None)


def absent(*, at: datetime) -> set[Party]:
    """Of those who want to be called and were not lately, the ones with news that they do not have before them.

    The watermarks tell who is there: no list of sockets is kept anywhere, and sending does nothing for it."""
    ready = PushSubscription.objects.filter(
        due_at__isnull=True, called_at__lte=at - timedelta(seconds=PAUSE_SECONDS)
    )
    # Everything here is asked only of the few groups in which something was written lately.
    lately = Entry.objects.filter(
        group=OuterRef("group"),
        seq=OuterRef("group__last_seq"),
        at__gt=at - timedelta(seconds=RECENT_SECONDS),
    )
    members = (
        GroupMember.objects.filter(left_seq__isnull=True, person__in=ready.values("device__person"))
        .annotate(
            seen=Coalesce("receipt__seen_seq", Value(0)),
            delivered=Coalesce("receipt__delivered_seq", Value(0)),
        )
        .filter(Exists(lately), group__last_seq__gt=F("seen"))
        .annotate(
            called_at=Subquery(_called_at(ready)),
            after=Greatest("seen", "joined_seq", F("group__last_seq") - LOOKED_AT),
        )
    )
    found = members.filter(Exists(_unseen(at)), called_at__isnull=False)
    return set(found.values_list("person_id", "organisation_id"))


def _called_at(ready: QuerySet[PushSubscription]) -> QuerySet[Any, Any]:
    of_member = ready.filter(device__person=OuterRef("person"), device__organisation=OuterRef("organisation"))
    return of_member.values("device__person").annotate(last=Max("called_at")).values("last")


def _unseen(at: datetime) -> QuerySet[Entry]:
    missed = Q(seq__gt=OuterRef("delivered"), at__lte=at - timedelta(seconds=ABSENT_SECONDS))
    unread = Q(at__lte=at - timedelta(seconds=UNSEEN_SECONDS))
    return Entry.objects.filter(
        missed | unread,
        group=OuterRef("group"),
        seq__gt=OuterRef("after"),
        at__gt=OuterRef("called_at"),
        kind=EntryKind.APPLICATION.value,
    ).exclude(person=OuterRef("person"))
