"""Who approves a new device, and what becomes of a request for it."""

from enum import StrEnum


class NewDevicesPolicy(StrEnum):
    """Who has to agree before a browser becomes a device of somebody in the organisation."""

    OWN = "own"
    """The person alone: with both factors, and from the second on with a device or the recovery kit."""
    ADMINISTRATOR = "administrator"
    """An administrator, too, for each one."""


class DeviceApprovalState(StrEnum):
    """Of a request to an administrator. Past its end, one that waits or was approved gives nothing any more."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    USED = "used"
    """The device is registered."""
    WITHDRAWN = "withdrawn"
    """The identity key was reset, the person has left, or nobody needed to be asked any more."""


DEVICE_APPROVAL_TRANSITIONS: dict[DeviceApprovalState, frozenset[DeviceApprovalState]] = {
    DeviceApprovalState.WAITING: frozenset(
        {DeviceApprovalState.APPROVED, DeviceApprovalState.REFUSED, DeviceApprovalState.WITHDRAWN}
    ),
    DeviceApprovalState.APPROVED: frozenset({DeviceApprovalState.USED, DeviceApprovalState.WITHDRAWN}),
    DeviceApprovalState.REFUSED: frozenset(),
    DeviceApprovalState.USED: frozenset(),
    DeviceApprovalState.WITHDRAWN: frozenset(),
}
