"""Welcomes that wait for a device."""

import uuid
from dataclasses import dataclass

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.errors import NotFound
from messaging.models import WelcomeDelivery


@dataclass(frozen=True, slots=True)
class WelcomeView:
    """`seq`: of its commit, after which the new member reads; `epoch`: the one it begins in."""

    id: uuid.UUID
    group_id: uuid.UUID
    content: bytes
    seq: int
    epoch: int


def welcomes(*, by: Actor) -> list[WelcomeView]:
    """The Welcomes that the actor's device has not confirmed yet, oldest first."""
    device_id = identity.require_device(by=by)
    waiting = WelcomeDelivery.objects.filter(device=device_id).select_related("welcome").order_by("id")
    return [
        WelcomeView(
            delivery.id,
            delivery.welcome.group_id,
            bytes(delivery.welcome.content),
            delivery.welcome.seq,
            delivery.welcome.epoch,
        )
        for delivery in waiting
    ]


def welcome(*, by: Actor, welcome_id: uuid.UUID) -> WelcomeDelivery:
    """Get one Welcome of the actor's device.

    Raises:
        NotFound: absent, confirmed already, or another device's.
    """
    found = WelcomeDelivery.objects.filter(device=identity.require_device(by=by), id=welcome_id).first()
    if found is None:
        raise NotFound
    return found
