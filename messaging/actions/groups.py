"""Making a group."""

import uuid

from django.db import IntegrityError, transaction

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging import access, news
from messaging.access import GroupView
from messaging.actions.commits import NewCommit
from messaging.actions.commits import commit as append
from messaging.models import Case, Group, GroupDevice, GroupMember
from messaging.refusals import IdReused
from messaging.states import CaseState, GroupKind


@transaction.atomic
def create_group(
    *, by: Actor, group_id: uuid.UUID, kind: GroupKind, commit: NewCommit | None = None
) -> GroupView:
    """Make a group with its maker as only member (owner, leaf 0, epoch 0), and its first commit where one is
    given: both or neither. Repeating it changes nothing.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: nobody is signed in.
        IdReused: another group has this id.
        EnvelopeRefused, CommitRefused: as for `commit`.
    """
    device_id = identity.require_device(by=by)
    if by.person_id is None or by.organisation_id is None:
        raise NotFound
    if not _made_before(by=by, group_id=group_id, kind=kind):
        _insert(by.person_id, by.organisation_id, device_id, group_id, kind)
        audit.record(Event.GROUP_CREATE, by=by, subject=f"group/{group_id}", details={"kind": kind.value})
        news.tell_on_commit(news.News(people=frozenset({by.person_id})))
    if commit is not None:
        append(by=by, group_id=group_id, sent=commit)
    return access.group(by=by, group_id=group_id)


def _made_before(*, by: Actor, group_id: uuid.UUID, kind: GroupKind) -> bool:
    group = Group.objects.filter(id=group_id).first()
    if group is None:
        return False
    if group.created_by_id != by.person_id or group.kind != kind:
        raise IdReused
    return True


def _insert(
    person_id: uuid.UUID,
    organisation_id: uuid.UUID,
    device_id: uuid.UUID,
    group_id: uuid.UUID,
    kind: GroupKind,
) -> None:
    try:
        with transaction.atomic():
            group = Group.objects.create(id=group_id, kind=kind, created_by_id=person_id, created_at=now())
    except IntegrityError:  # somebody else, at this very moment
        raise IdReused from None
    member = GroupMember.objects.create(
        group=group, person_id=person_id, organisation_id=organisation_id, is_owner=True, joined_seq=0
    )
    GroupDevice.objects.create(group=group, member=member, device_id=device_id, leaf_index=0, joined_seq=0)
    if kind == GroupKind.CASE:
        Case.objects.create(
            group=group,
            organisation_id=organisation_id,
            state=CaseState.OPEN.value,
            opened_by_id=person_id,
            opened_at=group.created_at,
        )
