"""Sending application messages."""

import uuid

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging import news
from messaging.actions.lane import orm
from messaging.actions.lane.decide import Outgoing, Written
from messaging.envelope import Fault, parse_application
from messaging.envelope.tls import refuse


def send(*, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID, epoch: int, body: bytes) -> Written:
    """Append one message to a group's stream, for callers without an event loop; sockets use the lane.

    The same id again gives the same answer.

    Raises:
        DeviceNeeded: the session holds no device.
        EnvelopeRefused: not an application message of this group and epoch.
        NotFound: the device is not a leaf of such a group.
        StaleEpoch: the group is in another epoch.
        IdReused: the id names another message.
    """
    message = outgoing(by=by, group_id=group_id, message_id=message_id, epoch=epoch, body=body)
    (outcome,) = orm.write([message])
    if not isinstance(outcome, Written):
        raise outcome
    if outcome.fresh:
        news.tell_on_commit(news.News(entries={group_id: outcome.seq}))
    return outcome


def outgoing(*, by: Actor, group_id: uuid.UUID, message_id: uuid.UUID, epoch: int, body: bytes) -> Outgoing:
    """Check a message's envelope, before it goes to the lane.

    Raises:
        DeviceNeeded: the session holds no device.
        EnvelopeRefused: not an application message of this group and epoch.
    """
    device_id = identity.require_device(by=by)
    if by.person_id is None:
        raise NotFound
    header = parse_application(body)
    if header.group_id != group_id.bytes:
        raise refuse(Fault.FOREIGN_GROUP)
    if header.epoch != epoch:
        raise refuse(Fault.EPOCH_MISMATCH)
    return Outgoing(group_id, message_id, epoch, body, device_id, by.person_id, by)
