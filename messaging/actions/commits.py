"""Commits: the one way in which a group's membership and epoch change (RFC 9420 section 12.4).

Ten devices may commit at once; the group's counter row lets one through and tells the others the new epoch.
The server reads who is added and removed from the commit itself and from the key packages it handed out,
never from what the client says beside it.
"""

import uuid
from dataclasses import dataclass

from django.db import transaction

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound, StaleEpoch
from messaging.access.groups import active_leaves
from messaging.actions.change import apply
from messaging.actions.contacts import hold
from messaging.actions.leaf_identity import check_leaf
from messaging.actions.membership import plan
from messaging.envelope import Commit, Fault, parse_commit, parse_welcome
from messaging.envelope.tls import refuse
from messaging.models import Entry, Group, GroupDevice
from messaging.refusals import CommitRefused, IdReused
from messaging.states import EntryKind


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit as a client sends it. content: MLSMessage with a PublicMessage; welcome: MLSMessage, there
    exactly if somebody is added."""

    id: uuid.UUID
    epoch: int
    content: bytes
    welcome: bytes | None


@dataclass(frozen=True, slots=True)
class Committed:
    """`epoch`: the one that the commit begins."""

    seq: int
    epoch: int


@transaction.atomic
def commit(*, by: Actor, group_id: uuid.UUID, sent: NewCommit) -> Committed:
    """Append a commit, if the group is still in its epoch, with the changes of membership that it carries.

    The same id again gives the same answer.

    Raises:
        DeviceNeeded: the session holds no device.
        EnvelopeRefused: not a commit of this group and epoch that the server can read, or a wrong Welcome.
        NotFound: the device is not a leaf of such a group.
        StaleEpoch: another commit came first.
        IdReused: the id names another entry.
        CommitRefused: a rule of the group does not allow it.
    """
    device_id = identity.require_device(by=by)
    parsed = _parsed(sent, group_id)
    group = Group.objects.select_for_update(no_key=True).filter(id=group_id).first()
    if group is None:
        raise NotFound
    earlier = Entry.objects.filter(group=group, message_id=sent.id).first()
    if earlier and earlier.device_id == device_id and bytes(earlier.body) == sent.content:
        return Committed(earlier.seq, earlier.epoch + 1)
    leaf = active_leaves(group_id).filter(device=device_id).select_related("member").first()
    if leaf is None:
        raise NotFound
    if earlier:
        raise IdReused
    if group.epoch != sent.epoch:
        raise StaleEpoch(epoch=group.epoch)
    _check_committer(parsed, leaf, by=by)
    change = plan(parsed, group=group, committer=leaf.member, by=by)
    _append(group, sent, device_id, leaf.member.person_id)
    if change.asked is not None:
        hold(group, requester=leaf.member, recipient=change.asked, by=by)
    apply(change, group=group, welcome=sent.welcome, by=by)
    return Committed(group.last_seq, group.epoch)


def _parsed(sent: NewCommit, group_id: uuid.UUID) -> Commit:
    parsed = parse_commit(sent.content)
    if parsed.group_id != group_id.bytes:
        raise refuse(Fault.FOREIGN_GROUP)
    if parsed.epoch != sent.epoch:
        raise refuse(Fault.EPOCH_MISMATCH)
    added = {package.reference for package in parsed.adds}
    welcomed = parse_welcome(sent.welcome).references if sent.welcome is not None else ()
    if set(welcomed) != added or len(welcomed) != len(parsed.adds):
        raise refuse(Fault.WELCOME_MISMATCH)
    return parsed


def _check_committer(parsed: Commit, leaf: GroupDevice, *, by: Actor) -> None:
    """The commit is by the leaf that this device holds, and its new leaf is still the same device's."""
    if parsed.sender_leaf != leaf.leaf_index:
        raise CommitRefused(reason="sender-leaf")
    if parsed.path_leaf is not None:
        check_leaf(parsed.path_leaf, identity.own_device(by=by, device_id=leaf.device_id))
        parsed.path_leaf.verify(group_id=parsed.group_id, leaf_index=leaf.leaf_index)


def _append(group: Group, sent: NewCommit, device_id: uuid.UUID, person_id: uuid.UUID) -> None:
    group.last_seq += 1
    group.epoch += 1
    Entry.objects.create(
        group=group,
        seq=group.last_seq,
        message_id=sent.id,
        kind=EntryKind.COMMIT,
        epoch=sent.epoch,
        device_id=device_id,
        person_id=person_id,
        body=sent.content,
        at=now(),
    )
    group.save(update_fields=["last_seq", "epoch"])
