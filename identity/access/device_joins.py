"""Browsers that ask to become a device, as their person sees them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from identity import sessions
from identity.access.account import live_sessions
from identity.access.devices import chain_of
from identity.models import Device, DeviceJoin
from identity.states import JoinState
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound

EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Join:
    """`state`: of `JoinState`, or "expired". `chain`: of the device that it has become, else empty. `has_backup_key`: one
    came with the approval and was not fetched yet."""

    id: uuid.UUID
    state: str
    name: str
    browser: str
    system: str
    network: str
    device_id: uuid.UUID
    nonce: bytes
    mls_key: bytes
    agreement_key: bytes
    device_key: bytes
    created_at: datetime
    expires_at: datetime
    chain: list[bytes]
    has_backup_key: bool

    @property
    def is_open(self) -> bool:
        return self.state == JoinState.WAITING


def open_joins(*, by: Actor) -> list[Join]:
    """The browsers that ask to become a device of the acting person now, the oldest first."""
    waiting = own_joins(by=by).filter(state=JoinState.WAITING, expires_at__gt=now())
    return [_join(row) for row in waiting.order_by("created_at", "id")]


def join(*, by: Actor, join_id: uuid.UUID) -> Join:
    """Get a request of the acting person in the organisation they act for, whatever became of it.

    Raises:
        NotFound: absent or somebody else's.
    """
    found = own_joins(by=by).filter(id=join_id).first()
    if found is None:
        raise NotFound
    return _join(found)


def own_joins(*, by: Actor) -> QuerySet[DeviceJoin]:
    """All requests of the acting person in the organisation they act for."""
    if by.person_id is None or by.organisation_id is None:
        return DeviceJoin.objects.none()
    return DeviceJoin.objects.filter(person=by.person_id, organisation=by.organisation_id)


def still_asks(row: DeviceJoin, *, by: Actor) -> bool:
    """Whether the session that asks is open still: nobody else fetches what is approved."""
    digests = {sessions.digest(state.session_key) for state, _sign_in in live_sessions(by=by)}
    return bytes(row.session_digest) in digests


def _join(row: DeviceJoin) -> Join:
    late = row.state == JoinState.WAITING and row.expires_at <= now()
    return Join(
        id=row.id,
        state=EXPIRED if late else row.state,
        name=row.name,
        browser=row.browser,
        system=row.system,
        network=row.network,
        device_id=row.device_id,
        nonce=bytes(row.nonce),
        mls_key=bytes(row.mls_key),
        agreement_key=bytes(row.agreement_key),
        device_key=bytes(row.device_key),
        created_at=row.created_at,
        expires_at=row.expires_at,
        chain=_chain(row),
        has_backup_key=row.wrapped_backup_key is not None,
    )


def _chain(row: DeviceJoin) -> list[bytes]:
    if row.state != JoinState.APPROVED:
        return []
    found = Device.objects.select_related("identity_key__organisation").filter(
        id=row.device_id, person=row.person_id, organisation=row.organisation_id
    )
    return [certificate for device in found for certificate in chain_of(device)]
