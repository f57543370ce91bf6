"""Whether a leaf says what its device's certificate says, so that nobody enters a group as somebody else."""

import uuid
from typing import TYPE_CHECKING

from messaging.envelope import LeafNode
from messaging.refusals import CommitRefused

if TYPE_CHECKING:
    from identity.models import Device


def person_in(identity: str) -> uuid.UUID | None:
    """The person that a credential claims to be, if it has the form of one; proves nothing."""
    try:
        return uuid.UUID(identity.partition(":")[0])
    except ValueError:
        return None


def check_leaf(leaf: LeafNode, device: "Device") -> None:
    """Compare a leaf's credential and signature key with the device that it is to stand for.

    Raises:
        CommitRefused: they differ.
    """
    if leaf.identity != device.mls_identity or leaf.thumbprint != device.mls_thumbprint:
        raise CommitRefused(reason="leaf-identity")
