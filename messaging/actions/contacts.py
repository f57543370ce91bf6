"""Contact requests: one message to a stranger, who accepts, declines, or passes it on to a role."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Invalid
from messaging import access, news
from messaging.access import GroupView
from messaging.access.conduct import blocking
from messaging.access.contacts import (
    Party,
    again_at,
    open_requests,
    request_to,
    role_choices,
    standing_between,
)
from messaging.models import ContactRequest, Group, GroupMember
from messaging.models_conduct import Block
from messaging.refusals import CommitRefused, ContactAnswered
from messaging.states import (
    CONTACT_DAYS,
    CONTACT_TRANSITIONS,
    MESSAGES_BEFORE_ACCEPTANCE,
    OPEN_CONTACTS_PER_PERSON,
    STATE_AFTER,
    ContactAnswer,
    ContactState,
    DeclineReason,
)

_EVENTS = {
    ContactState.ACCEPTED: Event.CONTACT_ACCEPT,
    ContactState.DECLINED: Event.CONTACT_DECLINE,
    ContactState.FORWARDED: Event.CONTACT_FORWARD,
    ContactState.EXPIRED: Event.CONTACT_EXPIRE,
}


def check_request(requester: GroupMember, recipient: Party) -> None:
    """Whether somebody may ask a stranger now.

    Raises:
        CommitRefused: they were asked already, have just declined a request, ask themselves, or too many wait.
    """
    asker = requester.person_id, requester.organisation_id
    earlier = standing_between(asker, recipient)
    if earlier is None:
        if open_requests(asker) >= OPEN_CONTACTS_PER_PERSON:
            raise _too_many()
        return
    if earlier.requester_id == recipient[0]:
        raise CommitRefused(
            _("This person has sent you a contact request. Please answer it."), reason="contact-asks-you"
        )
    if until := again_at(earlier):
        raise _paused(until)
    raise _asked_already()


def check_not_blocked(requester: GroupMember, others: Collection[Party]) -> None:
    """Whether somebody may begin a direct conversation, as far as blocks go. Who is blocked reads what they would read
    after a request that was declined; who blocks is told so.

    Raises:
        CommitRefused: one of them blocked the other.
    """
    if Block.objects.filter(person=requester.person_id, blocked__in={other[0] for other in others}).exists():
        raise CommitRefused(
            _("You have blocked this person. Lift the block on your account page first."),
            reason="contact-blocked-by-you",
        )
    for made in blocking((requester.person_id, requester.organisation_id), others).values():
        raise _paused(made.ask_again_at(now()))


def _paused(until: datetime) -> CommitRefused:
    return CommitRefused(
        _("Your last contact request was declined. You can ask again a week after it."),
        reason="contact-paused",
        again_at=until.isoformat(),
    )


def _too_many() -> CommitRefused:
    return CommitRefused(
        _("%(count)d of your contact requests wait for an answer. Please wait for one of them.")
        % {"count": OPEN_CONTACTS_PER_PERSON},
        reason="contact-too-many",
    )


def _asked_already() -> CommitRefused:
    return CommitRefused(_("Your contact request to this person waits for an answer."), reason="contact-open")


def hold(group: Group, *, requester: GroupMember, recipient: Party, by: Actor) -> None:
    """Make the request, and hold its group back until it is answered; in the transaction of the commit that adds
    the stranger, under the lock of the group's row.

    Raises:
        CommitRefused: another of the requester's browsers was faster.
    """
    at = now()
    try:
        with transaction.atomic():
            made = ContactRequest.objects.create(
                group=group,
                requester_id=requester.person_id,
                requester_organisation_id=requester.organisation_id,
                recipient_id=recipient[0],
                recipient_organisation_id=recipient[1],
                state=ContactState.OPEN.value,
                made_at=at,
                expires_at=at + timedelta(days=CONTACT_DAYS),
            )
    except IntegrityError:
        raise _asked_already() from None
    group.held_for_id, group.held_left = requester.person_id, MESSAGES_BEFORE_ACCEPTANCE
    group.save(update_fields=["held_for", "held_left"])
    _record(Event.CONTACT_REQUEST, made, by=by)


@transaction.atomic
def answer_contact(
    *,
    by: Actor,
    group_id: uuid.UUID,
    answer: ContactAnswer,
    reason: DeclineReason = DeclineReason.NONE_GIVEN,
    role_id: uuid.UUID | None = None,
) -> GroupView:
    """Accept a request, decline it for a reason, or pass it on to a role. Repeating an answer changes nothing.

    Raises:
        NotFound: nobody asked the actor here.
        Invalid: passed on to a role that others do not find, or whose holder they are not told.
        ContactAnswered: it has another answer, or nobody answered it in time.
    """
    group = Group.objects.select_for_update(no_key=True).filter(id=group_id).first()
    request = request_to(by=by, group_id=group_id)
    assert group is not None
    state = STATE_AFTER[answer]
    declined = reason.value if state == ContactState.DECLINED else ""
    role = _role(by, group_id, role_id) if state == ContactState.FORWARDED else None
    if (request.state, request.reason, request.role_id) == (state, declined, role):
        return access.group(by=by, group_id=group_id)
    if state not in CONTACT_TRANSITIONS[ContactState(request.state)] or request.expires_at <= now():
        raise ContactAnswered
    request.reason, request.role_id = declined, role
    _close(request, group, state, by=by)
    return access.group(by=by, group_id=group_id)


def _role(by: Actor, group_id: uuid.UUID, role_id: uuid.UUID | None) -> uuid.UUID:
    if role_id not in {choice.role_id for choice in role_choices(by=by, group_id=group_id)}:
        raise Invalid(errors={"role_id": _("Others cannot find this role, or are not told who is on duty.")})
    return role_id


def expire_contacts(*, by: Actor) -> int:
    """Close the requests that nobody answered in time, and tell both people; return how many.

    Raises:
        NotFound: asked by anybody but the service itself.
    """
    require_system(by)
    due = ContactRequest.objects.filter(state=ContactState.OPEN.value, expires_at__lte=now())
    return sum(_expire(group_id, by=by) for group_id in due.values_list("group_id", flat=True))


@transaction.atomic
def _expire(group_id: uuid.UUID, *, by: Actor) -> bool:
    group = Group.objects.select_for_update(no_key=True).get(id=group_id)
    request = ContactRequest.objects.filter(group=group, state=ContactState.OPEN.value).first()
    if request is None:  # answered, or closed by another worker, meanwhile
        return False
    _close(request, group, ContactState.EXPIRED, by=by)
    return True


def end_open_requests(*, by: Actor, person_id: uuid.UUID) -> None:
    """Decline what a person asks the actor, and let what the actor asks them expire: the actor blocks them."""
    waiting = ContactRequest.objects.filter(state=ContactState.OPEN.value)
    ends = {ContactState.DECLINED: (person_id, by.person_id), ContactState.EXPIRED: (by.person_id, person_id)}
    for state, (requester, recipient) in ends.items():
        for group_id in waiting.filter(requester=requester, recipient=recipient).values_list("group_id"):
            group = Group.objects.select_for_update(no_key=True).get(id=group_id[0])
            request = waiting.filter(group=group).first()
            if request is None:  # answered meanwhile
                continue
            request.reason = DeclineReason.NONE_GIVEN.value if state == ContactState.DECLINED else ""
            _close(request, group, state, by=by)


def _close(request: ContactRequest, group: Group, state: ContactState, *, by: Actor) -> None:
    """Give a request its final state, under the lock of its group's row, which whoever writes there holds too."""
    request.state, request.decided_at = state.value, now()
    request.save(update_fields=["state", "decided_at", "reason", "role"])
    if state == ContactState.ACCEPTED:
        group.held_for = None
    group.held_left = 0
    group.save(update_fields=["held_for", "held_left"])
    _record(_EVENTS[state], request, by=by)
    people = frozenset({request.requester_id, request.recipient_id})
    news.tell_on_commit(news.News(people=people))


def _record(event: Event, request: ContactRequest, *, by: Actor) -> None:
    details: dict[str, str | int] = {}
    if request.reason:
        details["reason"] = request.reason
    if request.role_id:
        details["role"] = str(request.role_id)
    for organisation_id in (request.requester_organisation_id, request.recipient_organisation_id):
        audit.record(
            event,
            by=by,
            subject=f"group/{request.group_id}",
            organisation_id=organisation_id,
            details=details,
        )
